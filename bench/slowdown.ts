// What watching a run that goes on costs it: iterations of one run, by turns with a page of its curves open and without, so that
// whatever else the machine does falls on both.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { secondsOf } from './processor.ts'

const train =
  'train pure-prm-vr --iterations 60 --batch 12 --threads 1 --judge-check off --audit off --eval-every 0'
const counted = 40 // iterations, half of them watched; those before, at which the run warms up, are not
const warm = 4

/** Seconds of a processor, and of the clock, that the run takes for a token. */
interface Taken {
  readonly processor: number
  readonly clock: number
}

export interface SlowdownReport {
  readonly iterations: number
  /** Watched over not watched, less 1: the mean, and the error of that mean over pairs of neighbouring iterations. */
  readonly processor: { readonly mean: number; readonly error: number }
  readonly clock: { readonly mean: number; readonly error: number }
  readonly server: number // its processor seconds while it is watched, of those of the run
}

/** Trains a run and watches every other iteration of it. */
export async function measureSlowdown(program: string): Promise<SlowdownReport> {
  const root = mkdtempSync(join(tmpdir(), 'minform-slowdown-'))
  const folder = join(root, 'run')
  const children: ChildProcess[] = []
  const child = (...args: readonly string[]): ChildProcess => {
    const one = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
    one.stdout!.resume()
    children.push(one)
    return one
  }
  try {
    const run = child(...train.split(' '), '--run', folder)
    const lines = linesOf(join(folder, 'metrics.jsonl'), run)
    await lines(warm)
    const server = child('view', folder, '--json')
    const { address } = JSON.parse(String((await once(server.stdout!, 'data'))[0]))
    const page = pageOf(address)
    const found: Record<'watched' | 'alone', Taken[]> = { watched: [], alone: [] }
    let [seen, served] = [(await lines(warm + 1)).length, 0]
    while (found.watched.length + found.alone.length < counted) {
      const number = found.watched.length + found.alone.length
      const kind = number % 4 === 0 || number % 4 === 3 ? 'watched' : 'alone' // so that neither is always first
      const [stop, from, before] = [
        kind === 'watched' ? page() : null,
        secondsOf(run),
        secondsOf(server),
      ]
      const start = performance.now()
      const all = await lines(seen + 1)
      const tokens = all.slice(seen).reduce((sum, line) => sum + line['update/tokens']!, 0)
      found[kind].push({
        processor: (secondsOf(run) - from) / tokens,
        clock: (performance.now() - start) / 1000 / tokens,
      })
      if (stop !== null) served += secondsOf(server) - before
      stop?.()
      seen = all.length
    }
    const own = found.watched.length * meanOf(found.watched.map(({ processor }) => processor))
    const tokens = lastTokens(await lines(seen), found.watched.length)
    return {
      iterations: counted,
      processor: apart(found, 'processor'),
      clock: apart(found, 'clock'),
      server: served / (own * tokens),
    }
  } finally {
    for (const one of children) one.kill()
    rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  }
}

type Line = Readonly<Record<string, number>>

/** Waits until a run has so many lines of metrics, and gives all that are whole. */
function linesOf(file: string, run: ChildProcess): (count: number) => Promise<readonly Line[]> {
  return async count => {
    for (;;) {
      if (run.exitCode !== null) throw new Error(`the run ended: ${run.exitCode}`)
      const whole = existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []
      if (whole.length >= count) return whole.map(line => JSON.parse(line) as Line)
      await sleep(5)
    }
  }
}

/** A page with the curves of a run: at each change it asks for all runs and for that one. */
function pageOf(address: string): () => () => void {
  const { origin, searchParams, port } = new URL(address)
  const headers = { cookie: `minform-${port}=${searchParams.get('token')}` }
  const got = async (path: string): Promise<unknown> =>
    (await fetch(`${origin}/data/${path}.json`, { headers })).text()
  return () => {
    const stop = new AbortController()
    const follow = async (): Promise<void> => {
      const { body } = await fetch(`${origin}/data/live`, { headers, signal: stop.signal })
      const decoder = new TextDecoder()
      for await (const bytes of body!) {
        const run = /"run":"([^"]+)"/.exec(decoder.decode(bytes))?.[1]
        if (run !== undefined) await Promise.all(['runs', `run/${run}`].map(got))
      }
    }
    follow().catch(error => {
      if (!stop.signal.aborted) throw error
    })
    return () => stop.abort()
  }
}

/** How much more is taken where it is watched, pair by pair. */
function apart({ watched, alone }: Record<'watched' | 'alone', Taken[]>, what: keyof Taken) {
  const ratios = watched.map((one, i) => Math.log(one[what] / alone[i]![what]))
  const mean = meanOf(ratios)
  const squares = ratios.reduce((sum, x) => sum + (x - mean) ** 2, 0)
  return {
    mean: Math.exp(mean) - 1,
    error: Math.sqrt(squares / (ratios.length - 1) / ratios.length),
  }
}

/** Tokens of an iteration, the mean over the last ones. */
function lastTokens(lines: readonly Line[], iterations: number): number {
  return meanOf(lines.slice(-2 * iterations).map(line => line['update/tokens']!))
}

function meanOf(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length
}

export function slowdownLines({ iterations, processor, clock, server }: SlowdownReport): string[] {
  const percent = ({ mean, error }: SlowdownReport['clock']): string =>
    `${(100 * mean).toFixed(2)} +- ${(100 * error).toFixed(2)} %`
  return [
    `a run that is watched, every other one of ${iterations} iterations`,
    `  its processor seconds ${percent(processor)} more a token`,
    `  by the clock          ${percent(clock)} more a token`,
    `  the server's          ${(100 * server).toFixed(2)} % of the run's processor seconds`,
  ]
}
