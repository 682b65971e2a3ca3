// What is on disk when, as the calls to the system tell: the real ones, written down.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'

const calls: string[] = []
vi.mock('node:fs', async importOriginal => {
  const fs = await importOriginal<typeof import('node:fs')>()
  const paths = new Map<number, string>()
  return {
    ...fs,
    openSync: (path: string, flags: string) => {
      const descriptor = fs.openSync(path, flags)
      paths.set(descriptor, path)
      return descriptor
    },
    fsyncSync: (descriptor: number) => {
      fs.fsyncSync(descriptor)
      calls.push(`sync ${basename(paths.get(descriptor)!)}`)
    },
    renameSync: (from: string, to: string) => {
      fs.renameSync(from, to)
      calls.push(`rename ${basename(to)}, then sync ${basename(dirname(to))}`)
    },
  }
})

// Files before this one may have imported it with the real calls; those after it shall not have these.
vi.resetModules()
const { createRun } = await import('../../src/runs/writer.ts')

const folder = mkdtempSync(join(tmpdir(), 'minform-durable-'))
afterAll(() => {
  rmSync(folder, { recursive: true })
  vi.doUnmock('node:fs')
  vi.resetModules()
})

test('a checkpoint gets its name when all before it is on disk, and its name is on disk then', async () => {
  const run = createRun(join(folder, 'run'), {})
  run.metrics({ iteration: 1 })
  run.rollouts(1, [])
  calls.length = 0
  await run.commitCheckpoint(async to => writeFileSync(join(to, 'training.json'), '{}'), 'one')
  run.close()
  const named = calls.indexOf('rename one, then sync checkpoints')
  const before = calls.slice(0, named)
  for (const name of ['config.json', 'metrics.jsonl', 'log.jsonl', 'part-00001.parquet'])
    expect(before).toContain(`sync ${name}`)
  for (const name of ['run', 'rollouts', 'training.json', '.unfinished-one'])
    expect(before).toContain(`sync ${name}`)
  expect(calls[named + 1]).toBe('sync checkpoints')
})
