// The loop of docs/library.md, as it stands there.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test } from 'vitest'
import show from '../../src/cli/show.ts'
import * as minform from '../../src/index.ts'
import { loadUserModule } from '../../src/user/load.ts'
import { printedBy } from '../cli/commands.ts'
import { userFiles } from '../user/files.ts'

const page = readFileSync(new URL('../../docs/library.md', import.meta.url), 'utf8')
const { folder, file, remove } = userFiles()
afterEach(() => {
  delete process.env.RUN
})
afterAll(remove)

test('the loop writes a run, and goes on with it', async () => {
  const [, code] = /^```ts run\n([\s\S]*?)^```$/m.exec(page)!
  const run = join(folder, 'run')
  process.env.RUN = run
  const short = file(
    'loop.ts',
    `${code!.replace('state.done < 2', 'state.done < 1')}\nexport default null`,
  )
  await loadUserModule(short)
  await loadUserModule(file('loop.ts', `${code}\nexport default null`))
  const reader = minform.readRun(run)
  expect(reader.metrics().map(({ iteration }) => iteration)).toEqual([1, 2])
  expect(reader.metrics()[1]).toMatchObject({ 'rollouts/truncated': expect.any(Number) })
  expect(reader.metrics()[1]).toMatchObject({ 'update/grad_norm': expect.any(Number) })
  expect(await reader.rollouts(2)).toHaveLength(16)
  expect(reader.checkpoints().map(path => path.slice(-2))).toEqual(['01', '02'])
  expect(reader.log().map(({ event }) => event)).toEqual(['done', 'done'])
  for (const address of [run, `${run}/2/0`, `${run}/2/0/0/3`]) {
    const shown = await printedBy(show, [address]) // as those of minform train
    expect(shown).toContain(address === run ? 'rloo, seed 1, 2 of 2 iterations' : 'advantage')
  }
})

test('every export that the page names is there', () => {
  const table = page.slice(page.indexOf('## What the exports are for'))
  const names = [...table.matchAll(/`(\w+)(?:\(\w*\))?`/g)].map(([, name]) => name!)
  const methods = ['config', 'metrics', 'log', 'iterations', 'rollouts', 'checkpoints']
  const missing = names.filter(name => !(name in minform) && !methods.includes(name))
  expect(missing).toEqual([])
  expect(names.length).toBeGreaterThan(60)
})
