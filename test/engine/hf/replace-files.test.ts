import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import {
  finishReplacing,
  type Replacement,
  replaceFiles,
} from '../../../src/engine/hf/replace-files.ts'
import { DataError } from '../../../src/errors.ts'

const root = await mkdtemp(join(tmpdir(), 'minform-'))
let folder = root
beforeEach(async () => {
  folder = join(await mkdtemp(join(root, 'case-')), 'model')
})
afterAll(() => rm(root, { recursive: true }))

type Files = Readonly<Record<string, string>>

const put = async (into: string, files: Files): Promise<void> => {
  await mkdir(into, { recursive: true })
  for (const [name, text] of Object.entries(files)) await writeFile(join(into, name), text)
}
const replacement = (files: Files): Replacement => ({
  key: 'config',
  owns: name => name.startsWith('weights'),
  write: stage => put(stage, files),
})
const replace = (files: Files, into = folder) => replaceFiles(into, replacement(files))
const content = async (from = folder): Promise<Files> => {
  const names = (await readdir(from)).sort()
  const texts = names.map(async name => [name, await readFile(join(from, name), 'utf8')] as const)
  return Object.fromEntries(await Promise.all(texts))
}

const old = { config: '1', 'weights-a': 'a1', 'weights-b': 'b1', tokens: 't' }
const next = { config: '2', weights: 'w2', tokens: 't' }

test('a new folder has exactly what was written, and nothing is left beside it', async () => {
  await replace(old, join(folder, 'deep', 'er'))
  expect(await content(join(folder, 'deep', 'er'))).toEqual(old)
  expect(await readdir(join(folder, 'deep'))).toEqual(['er'])
})

test('in an old folder what is owned goes, what is not stays', async () => {
  await put(folder, { ...old, notes: 'mine' })
  await mkdir(join(folder, 'sub'))
  await replace(next)
  await rm(join(folder, 'sub'), { recursive: true })
  expect(await content()).toEqual({ ...next, notes: 'mine' })
  await replace(next)
  await replace({ ...next, weights: 'w3' })
  expect(await content()).toEqual({ ...next, weights: 'w3', notes: 'mine' })
})

test('a folder behind a link stays behind it', async () => {
  await put(folder, old)
  const link = `${folder}-link`
  await symlink(folder, link)
  await replace(next, link)
  expect(await content()).toEqual(next)
})

test('a write that fails leaves no trace', async () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'))
  const failing = {
    ...replacement(next),
    write: async (stage: string) => {
      await put(stage, { config: '2' })
      throw full
    },
  }
  await expect(replaceFiles(folder, failing)).rejects.toThrow(
    new DataError(`${folder}: cannot be written: ENOSPC: no space left on device, write`),
  )
  expect(await readdir(join(folder, '..'))).toEqual([])
  await put(folder, old)
  await expect(replaceFiles(folder, failing)).rejects.toThrow(DataError)
  expect(await content()).toEqual(old)
})

test('what a killed process was writing goes with the next save', async () => {
  const dead = 2 ** 22 + 1 // above any process
  await put(folder, old)
  await put(join(folder, `.saving-${dead}-0-0`), { config: 'half' })
  await put(join(folder, '..', `.model.saving-${dead}-0-0`), { config: 'half' })
  await replace(next)
  expect(await content()).toEqual(next)
  await rm(folder, { recursive: true })
  await replace(next)
  expect(await readdir(join(folder, '..'))).toEqual(['model'])
})

test('a crash after the moment of the save is made good, wherever it came', async () => {
  const stage = join(folder, '.saved')
  const plan = { key: 'config', remove: ['weights-a', 'weights-b'] }
  const moments: [string, Files, Files][] = [
    ['nothing moved', old, { config: '2', weights: 'w2' }],
    ['the key is away', { ...old, config: '' }, { config: '2', weights: 'w2' }],
    ['old weights are away', { tokens: 't' }, { config: '2', weights: 'w2' }],
    ['new weights are there', { tokens: 't', weights: 'w2' }, { config: '2' }],
    ['the key is back', next, {}],
  ]
  for (const [what, above, below] of moments) {
    await rm(folder, { recursive: true, force: true })
    await put(folder, above)
    if (above.config === '') await rm(join(folder, 'config'))
    await put(stage, { ...below, '.plan.json': JSON.stringify(plan) })
    await finishReplacing(folder)
    expect(await content(), what).toEqual(next)
  }
  await finishReplacing(folder)
  expect(await content()).toEqual(next)
})

test('an unchanged key is away while the rest moves', async () => {
  await put(folder, old)
  await replace({ ...next, config: '1' })
  expect(await content()).toEqual({ ...next, config: '1' })
})

test('a plan of somebody else reaches nothing outside its folder', async () => {
  await put(join(folder, '..'), { precious: 'p' })
  for (const name of ['../precious', '..', join(folder, '..', 'precious')]) {
    const plan = { key: 'config', remove: [name] }
    await put(join(folder, '.saved'), { '.plan.json': JSON.stringify(plan) })
    await expect(finishReplacing(folder)).rejects.toThrow(DataError)
    await expect(finishReplacing(folder)).rejects.toThrow(/\.saved that cannot be moved into place/)
  }
  expect(await readFile(join(folder, '..', 'precious'), 'utf8')).toBe('p')
})
