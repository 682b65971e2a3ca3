// What minform view costs: how long until a page can be used and a group is there, what its server takes, and what it costs to
// watch. The server is the built one, in a process of its own.

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { type Drawn, drawnLines, measureDrawn } from './drawn.ts'
import { type MadeSize, makeRun } from './made-run.ts'
import { type Times, timesOf, toldTimes } from './measure.ts'
import { secondsOf } from './processor.ts'
import { measureSlowdown, type SlowdownReport, slowdownLines } from './slowdown.ts'

const program = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url))
const pageFolder = fileURLToPath(new URL('../dist/page/', import.meta.url))

const short: MadeSize = { iterations: 500, groups: 25, rollouts: 8, tokens: 160 }
const long: MadeSize = { iterations: 8, groups: 8, rollouts: 16, tokens: 1024 }
const rounds = 20
const watchedSeconds = 20

/** What was opened in one run. */
interface Opened {
  readonly size: MadeSize
  readonly list: Times // an iteration's groups, where it was not looked at
  readonly first: Times // a group of it, where the list was not asked for
  readonly next: Times // another one of it
  readonly processorMs: number // of the server, for an iteration of which one or two groups are opened
  readonly kilobytes: number // of a group's answer
}

export interface ViewReport {
  readonly processor: string
  readonly rollouts: number
  readonly megabytes: number // of the runs
  readonly startMs: number // until the server prints its address
  readonly usableMs: number // until a page has its files, its runs and the largest run, from the start on
  readonly usableProcessorMs: number // of the server, until then
  readonly pageKilobytes: number // of the page's files, compressed
  readonly opened: readonly Opened[]
  readonly drawn: readonly Drawn[] | null // by a browser, where there is one
  readonly peakMegabytes: number // of the server's memory, after all of it
  readonly watchingShare: number // of a core, while nothing happens in a run that is watched
  readonly slowdown: SlowdownReport // of a run that goes on
}

/** Makes runs in a fresh folder, looks at them, and removes them. */
export async function measureView(): Promise<ViewReport> {
  const root = mkdtempSync(join(tmpdir(), 'minform-bench-view-'))
  try {
    await makeRun(join(root, 'short'), short)
    await makeRun(join(root, 'long'), long)
    const start = performance.now()
    const server = spawn(process.execPath, [program, 'view', root, '--json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    try {
      const { address } = JSON.parse(String((await once(server.stdout!, 'data'))[0])) as {
        address: string
      }
      return await looked(root, server, address, performance.now() - start, start)
    } finally {
      server.kill()
    }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

async function looked(
  root: string,
  server: ChildProcess,
  address: string,
  startMs: number,
  start: number,
): Promise<ViewReport> {
  const { origin, searchParams, port } = new URL(address)
  const headers = { cookie: `minform-${port}=${searchParams.get('token')}` }
  const got = async (path: string): Promise<string> => {
    const answer = await fetch(`${origin}/${path}`, { headers })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`)
    return text
  }
  await got('')
  await Promise.all(['page.js', 'page.css', 'data/runs.json'].map(got))
  await got('data/run/short.json')
  const usableMs = performance.now() - start
  const used = (): number => secondsOf(server)
  const usableProcessorMs = 1000 * used()
  const opened = [
    await openedOf('short', short, got, used),
    await openedOf('long', long, got, used),
  ]
  const drawn = await measureDrawn(address, [
    { run: 'short', rollouts: short.rollouts },
    { run: 'long', rollouts: long.rollouts },
  ])
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    rollouts: [short, long].reduce((n, s) => n + s.iterations * s.groups * s.rollouts, 0),
    megabytes: sizeOf(root) / 1e6,
    ...{ startMs, usableMs, usableProcessorMs, opened, drawn },
    pageKilobytes: compressed(pageFolder) / 1e3,
    watchingShare: await watching(server, `${origin}/data/live`, headers),
    peakMegabytes: peakOf(server) / 1e6,
    slowdown: await measureSlowdown(program),
  }
}

async function openedOf(
  run: string,
  size: MadeSize,
  got: (path: string) => Promise<string>,
  used: () => number, // seconds
): Promise<Opened> {
  const [list, first, next]: number[][] = [[], [], []]
  let bytes = 0
  const timed = async (path: string): Promise<number> => {
    const start = performance.now()
    bytes = (await got(`data/run/${run}/${path}.json`)).length
    return performance.now() - start
  }
  const all = Array.from({ length: size.iterations }, (_, i) => 1 + ((37 * i) % size.iterations))
  const iterations = [...new Set(all)].slice(0, 2 * rounds)
  const before = used()
  for (const [i, iteration] of iterations.entries()) {
    if (i % 2 === 0) list!.push(await timed(`${iteration}`))
    else first!.push(await timed(`${iteration}/0`))
    next!.push(await timed(`${iteration}/1`))
  }
  return {
    ...{ size, list: timesOf(list!), first: timesOf(first!), next: timesOf(next!) },
    processorMs: (1000 * (used() - before)) / iterations.length,
    kilobytes: bytes / 1e3,
  }
}

/** The share of a core that the server takes while a page listens and nothing happens. */
async function watching(
  server: ChildProcess,
  address: string,
  headers: Record<string, string>,
): Promise<number> {
  const stop = new AbortController()
  const live = await fetch(address, { headers, signal: stop.signal })
  await live.body!.getReader().read()
  await sleep(2000)
  const before = secondsOf(server)
  await sleep(1000 * watchedSeconds)
  const share = (secondsOf(server) - before) / watchedSeconds
  stop.abort()
  return share
}

/** The most memory that a process held, in bytes. */
function peakOf({ pid }: ChildProcess): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return 1024 * Number(/VmHWM:\s+(\d+)/.exec(status)![1])
}

function sizeOf(folder: string): number {
  return filesIn(folder).reduce((sum, file) => sum + statSync(file).size, 0)
}

function compressed(folder: string): number {
  return filesIn(folder)
    .filter(file => /\.(html|js|css)$/.test(file))
    .reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0)
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(name => join(folder, name))
    .filter(file => statSync(file).isFile())
}

export function viewLines(report: ViewReport): string {
  const { processor, rollouts, megabytes, startMs, usableMs, opened } = report
  return [
    `${processor}: ${rollouts} rollouts, ${megabytes.toFixed(0)} MB`,
    `server started          ${startMs.toFixed(0)} ms`,
    `page usable, from then  ${(usableMs - startMs).toFixed(0)} ms`,
    `  of a processor        ${report.usableProcessorMs.toFixed(0)} ms`,
    `page, compressed        ${report.pageKilobytes.toFixed(0)} kB`,
    ...opened.flatMap(({ size, list, first, next, processorMs, kilobytes }) => [
      `${size.groups} groups of ${size.rollouts} x ${size.tokens} tokens`,
      `  their list            ${toldTimes(list)}`,
      `  a group at once       ${toldTimes(first)} (${kilobytes.toFixed(0)} kB)`,
      `  a group after that    ${toldTimes(next)}`,
      `  of a processor        ${processorMs.toFixed(0)} ms for an iteration, of which one or two groups are opened`,
    ]),
    ...drawnLines(report.drawn),
    `server's memory         ${report.peakMegabytes.toFixed(0)} MB at most`,
    `watching                ${(100 * report.watchingShare).toFixed(2)} % of a core`,
    ...slowdownLines(report.slowdown),
  ].join('\n')
}
