import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parseVariant, parseVariants } from '../../src/cli/variant.ts'
import { userFiles } from '../user/files.ts'

describe('parseVariant', () => {
  test.each([
    ['pure-vr', 'pure-vr', {}],
    ['pure-prm-vr:temperature=1', 'pure-prm-vr:temperature=1', { temperature: '1' }],
    ['pure-prm-vr:labelled=0.20', 'pure-prm-vr:labelled=0.2', { labelled: '0.2' }],
    ['pure-prm-vr:labelled=0.1', 'pure-prm-vr', {}],
    [
      'pure-prm-vr:temperature=1,group-size=4',
      'pure-prm-vr:groupSize=4,temperature=1',
      { groupSize: '4', temperature: '1' },
    ],
    ['pure-prm:mask-closing=false', 'pure-prm:maskClosing=false', { maskClosing: 'false' }],
  ])('%s', async (text, name, overrides) => {
    const variant = await parseVariant(text)
    expect(variant.name).toBe(name)
    expect(variant.overrides).toEqual(overrides)
    expect((await parseVariant(name)).options).toEqual(variant.options)
  })

  test.each([
    ['pure-pmr', "no recipe 'pure-pmr'; did you mean 'pure-prm'?"],
    ['pure-vr:temprature=1', "pure-vr has no option 'temprature'"],
    ['pure-prm:temprature=1', "(did you mean 'temperature'?)"],
    ['pure-prm:temperature', "expected option=value after the colon, got 'temperature'"],
    ['pure-prm:', "expected option=value after the colon, got ''"],
    ['pure-prm:temperature=hot', "must be a finite number, got 'hot'"],
    ['pure-prm:clip=1,clip=2', 'clip is set twice'],
  ])('%s is refused', async (text, message) => {
    await expect(parseVariant(text)).rejects.toThrow(message)
  })
})

test('parseVariants refuses the same method twice', async () => {
  await expect(parseVariants(['pure-vr', 'pure-vr'])).rejects.toThrow('pure-vr is named twice')
  await expect(parseVariants(['pure-prm', 'pure-prm:temperature=0.1'])).rejects.toThrow(
    'pure-prm:temperature=0.1 is the same as pure-prm',
  )
})

describe('a recipe in a file', () => {
  const { folder, file, remove } = userFiles()
  afterAll(remove)
  const text = (name: string, option = 'share') => `import { learning, recipe } from 'minform'
export default recipe({ name: '${name}', paper: 'none', about: '', needs: [], differs: [],
  options: { ...learning, ${option}: { default: 0.5, help: 'of nothing' } }, build: () => ({} as any) })`

  test('is named by its path, which may hold a colon', async () => {
    mkdirSync(join(folder, 'a:b'))
    const path = file('a:b/mine.ts', text('mine'))
    const plain = await parseVariant(path)
    expect(plain).toMatchObject({ name: 'mine', overrides: {}, recipeSource: { file: path } })
    const set = await parseVariant(`${path}:share=0.25,group-size=4`)
    expect(set).toMatchObject({ name: 'mine:groupSize=4,share=0.25', options: { groupSize: 4 } })
    expect((await parseVariants([path, `${path}:share=1`, 'pure-vr'])).map(v => v.name)).toEqual([
      'mine',
      'mine:share=1',
      'pure-vr',
    ])
  })

  test.each([
    ['./no.ts', './no.ts: there is no such file'],
    ['no.ts:share=1', 'no.ts: there is no such file'],
    [file('taken.ts', text('pure-vr')), 'pure-vr is the name of a carried recipe; take another'],
    [
      file('clash.ts', text('mine', 'batch')),
      'options.batch: --batch is a flag already; rename it',
    ],
    [file('seed.ts', text('mine', 'seed')), 'options.seed: --seed is a flag already'],
  ])('%s is refused', async (path, message) => {
    await expect(parseVariant(path)).rejects.toThrow(message)
  })

  test('two files may not have one name', async () => {
    const paths = [file('one.ts', text('twin')), file('two.ts', text('twin'))]
    const [one, two] = paths
    await expect(parseVariants([`${one}:share=1`, two!])).rejects.toThrow(
      `${one} and ${two} both name their recipe twin`,
    )
  })
})
