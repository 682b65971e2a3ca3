import { spawn, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { RunError } from '../../src/errors.ts'
import { lockRun } from '../../src/runs/lock.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'minform-lock-'))
  file = join(folder, 'run.lock')
})
afterEach(() => rmSync(folder, { recursive: true }))

const written = (owner: object): void => writeFileSync(file, JSON.stringify(owner))

test('one holds a run at a time; given back, it can be taken again', () => {
  const release = lockRun(folder)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
    pid: process.pid,
    host: hostname(),
  })
  expect(() => lockRun(folder)).toThrow(RunError)
  expect(() => lockRun(folder)).toThrow(`${folder} is being written by process ${process.pid}`)
  release()
  expect(existsSync(file)).toBe(false)
  lockRun(folder)()
  expect(readdirSync(folder)).toEqual([])
})

test('another process that runs holds it', () => {
  const other = spawn('sleep', ['60'])
  try {
    written({ pid: other.pid, host: hostname(), started: null })
    expect(() => lockRun(folder)).toThrow(`is being written by process ${other.pid}`)
  } finally {
    other.kill('SIGKILL')
  }
})

test('a lock of a process that is gone counts for nothing, nor does one whose id came back', () => {
  const gone = spawnSync('true').pid
  written({ pid: gone, host: hostname(), started: null })
  lockRun(folder)()
  written({ pid: process.pid, host: hostname(), started: 'at another time' })
  if (existsSync('/proc/self/stat')) lockRun(folder)()
  writeFileSync(file, '{"pid":')
  lockRun(folder)()
  for (const pid of [-1, 0, -process.ppid, 0.5, 2 ** 40, 1e300]) {
    written({ pid, host: hostname(), started: null }) // ids that no process has
    lockRun(folder)()
  }
  expect(readdirSync(folder)).toEqual([])
})

test('nobody here can tell about a process of another machine', () => {
  written({ pid: 1, host: 'elsewhere', started: null })
  expect(() => lockRun(folder)).toThrow(
    `is being written by process 1 on elsewhere; if that one is gone, remove ${file}`,
  )
})

test('what was left of taking a lock is swept by the next one to take it', () => {
  const gone = spawnSync('true').pid
  const left = (name: string, text: string): void => writeFileSync(join(folder, name), text)
  const owner = (pid: number, host = hostname()): string =>
    JSON.stringify({ pid, host, started: null })
  left(`.unfinished-lock-${gone}-0`, owner(gone))
  left(`.unfinished-lock-${gone}-1-stale`, owner(gone))
  left(`.unfinished-lock-${gone}-2`, '{"pid"') // killed while it wrote
  utimesSync(join(folder, `.unfinished-lock-${gone}-2`), 0, 0)
  left('.unfinished-lock-1-0', owner(1, 'elsewhere')) // nobody here can tell
  left(`.unfinished-lock-${gone}-3`, '') // may be written at this moment, elsewhere
  left('.unfinished-metrics.jsonl', '')
  lockRun(folder)()
  expect(readdirSync(folder).sort()).toEqual([
    '.unfinished-lock-1-0',
    `.unfinished-lock-${gone}-3`,
    '.unfinished-metrics.jsonl',
  ])
})
