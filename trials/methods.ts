// npm run try-methods -- [--only NAME] [--limit 120]: runs the command of every entry of `minform methods` as it stands, each in a
// clone of what is committed here, with the packages that are installed here, and tells how long it took. Ends with 1 where one fails.

import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { systems } from '../src/cli/methods/systems.ts'
import { markdownTable } from '../src/compare/report.ts'

const root = join(import.meta.dirname, '..')
const kept = 2000 // last characters of what a command said

interface Tried {
  readonly code: number | null // null: it ran past the limit
  readonly seconds: number
  readonly busy: number | null // seconds of processors
  readonly said: string
}

/** Runs a command line in a fresh clone, for at most `limit` seconds. */
async function tried(run: string, limit: number): Promise<Tried> {
  const folder = mkdtempSync(join(tmpdir(), 'minform-method-'))
  const clone = join(folder, 'clone')
  try {
    const { status, stderr } = spawnSync('git', ['clone', '--quiet', root, clone])
    if (status !== 0) throw new Error(`git clone: ${stderr}`)
    symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'))
    return await timed(run, limit, clone)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function timed(run: string, limit: number, cwd: string): Promise<Tried> {
  const script = 'eval "$1"; code=$?; times >&3; exit $code'
  const stdio = ['ignore', 'pipe', 'pipe', 'pipe'] as const
  const began = performance.now()
  const child = spawn('bash', ['-c', script, 'bash', run], {
    cwd,
    stdio: [...stdio],
    detached: true,
  })
  let [said, times] = ['', '']
  const keep = (text: Buffer): void => {
    said = (said + text).slice(-kept)
  }
  child.stdout!.on('data', keep)
  child.stderr!.on('data', keep)
  child.stdio[3]!.on('data', text => {
    times += text
  })
  let over = false
  const timer = setTimeout(() => {
    over = true
    process.kill(-child.pid!, 'SIGKILL')
  }, 1000 * limit)
  const code = await new Promise<number | null>(resolve => child.on('close', resolve))
  clearTimeout(timer)
  const seconds = (performance.now() - began) / 1000
  return { code: over ? null : code, seconds, busy: busyOf(times), said }
}

/** Seconds of user and system of all that a shell started: the second line of what `times` says. */
function busyOf(times: string): number | null {
  const found = [...(times.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)]
  return found.length === 0
    ? null
    : found.reduce((sum, [, m, s]) => sum + 60 * Number(m) + Number(s), 0)
}

const { values } = parseArgs({
  options: { only: { type: 'string' }, limit: { type: 'string', default: '120' } },
})
const chosen = systems().flatMap(({ system, run }) => {
  const isMeant = system.toLowerCase().includes((values.only ?? '').toLowerCase())
  return isMeant && run !== null ? [{ system, run }] : []
})
const rows: string[][] = []
let wrong = false
for (const { system, run } of chosen) {
  const { code, seconds, busy, said } = await tried(run, Number(values.limit))
  const how = code === null ? 'over the limit' : code === 0 ? 'ends well' : `ends with ${code}`
  rows.push([system, how, seconds.toFixed(0), busy?.toFixed(0) ?? '-'])
  process.stderr.write(`${rows.at(-1)!.join(' | ')}\n`)
  if (code === 0) continue
  wrong = true
  process.stderr.write(`${run}\n${said}\n`)
}
const head = ['system', 'its command', 's', 's of processors']
process.stdout.write(`${markdownTable([head, ...rows])}\n`)
process.exitCode = wrong ? 1 : 0
