import { describe, expect, test } from 'vitest'
import { allAbilities } from '../../src/engine/abilities.ts'
import { fakeEngine, openFakeEngine } from '../../src/engine/fake.ts'
import { DataError } from '../../src/errors.ts'
import { classifierConformance } from './classifier-conformance.ts'
import { conformance } from './conformance.ts'
import { lacking } from './lacking.ts'
import { padding } from './sampling-conformance.ts'

conformance('fake', async () => ({ engine: fakeEngine(), reopen: openFakeEngine }))

const poor = { entropies: false, minTokens: false, clipNorm: false, shapedLogprobs: false }
conformance(
  'fake that can do less',
  async () => ({
    engine: lacking(fakeEngine(), poor),
    reopen: async folder => lacking(await openFakeEngine(folder), poor),
  }),
  { ...allAbilities, ...poor },
)

classifierConformance('fake', async () => ({
  engine: fakeEngine({ head: 'token-classification', classes: 3 }),
  reopen: openFakeEngine,
}))

describe('fake with ids of no token, at the end and before', () => {
  const absentIds = [3, 14, 15]
  padding(async () => ({ engine: fakeEngine({ absentIds }), reopen: openFakeEngine }))
})

test('a fake is a deterministic function of its options', async () => {
  const ids = Int32Array.of(1, 2, 3, 4)
  const score = (seed: number) => fakeEngine({ seed }).score([ids])
  expect(await score(1)).toEqual(await score(1))
  expect(await score(1)).not.toEqual(await score(2))
})

test('only a folder that a fake wrote opens as one', async () => {
  const folder = new URL('../fixtures/hf/qwen2', import.meta.url).pathname
  await expect(openFakeEngine(folder)).rejects.toThrow(DataError)
  await expect(openFakeEngine('/nowhere')).rejects.toThrow(/not a tabular model/)
})
