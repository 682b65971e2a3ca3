import { expect, test } from 'vitest'
import { calculator } from '../../src/environments/calculator.ts'
import { DataError } from '../../src/errors.ts'
import { textLoss } from '../../src/eval/text-loss.ts'
import { carriedModels } from '../../src/model-source/carried-models.ts'
import { loadTokenizer } from '../../src/tokenizer/load.ts'
import { learnTexts } from '../../src/train/supervised.ts'
import { talkedExample } from '../../src/train/talked-solutions.ts'
import type { Problem } from '../../src/types.ts'
import { toyPolicy } from '../toy.ts'

const room = { maxTokens: 60, maxPositions: 100, endId: 1 }
const problem = (...solution: string[]): Problem => ({
  ...{ id: 'p', prompt: 'Compute 12*7.\n\n', answer: '84', meta: {} },
  solution,
})

test('what the calculator says in a solution is given, and as tokens of its own', async () => {
  const tokenizer = await loadTokenizer(carriedModels.base)
  const read = talkedExample(calculator)
  const example = await read(problem('{12*7=}84, so 84', '\\boxed{84}'), tokenizer, room)
  const { ids, given } = example!
  const pieces = tokenizer.pieces(ids)
  expect(pieces.filter((_, t) => given![t] === 1).join('')).toBe('84')
  expect(pieces.join('')).toContain('{12*7=}84, so 84\n\n\\boxed{84}')
  expect(ids.at(-1)).toBe(1)
  const plain = await read(problem('12*7=84', '\\boxed{84}'), tokenizer, room)
  expect(plain!.given!.every(known => known === 0)).toBe(true)
  expect(await read(problem('1'.repeat(99)), tokenizer, room)).toBeNull()
  expect(await read({ ...problem(), solution: null }, tokenizer, room)).toBeNull()
})

test('a solution that goes on otherwise is refused by name', async () => {
  const tokenizer = await loadTokenizer(carriedModels.base)
  const reading = talkedExample(calculator)(problem('{12*7=}85, so 85'), tokenizer, room)
  await expect(reading).rejects.toThrow(DataError)
  await expect(reading).rejects.toThrow(
    'problem p: its solution goes on with "85, so 85" where calculator says "84"; write what it says into the solution',
  )
  const failing = { ...calculator, open: () => Promise.reject(new Error('gone')) }
  await expect(talkedExample(failing)(problem('{1=}1'), tokenizer, room)).rejects.toThrow(
    'problem p: calculator: open: gone',
  )
})

test('what is given is neither learned nor counted', async () => {
  const [promptIds, ids] = [Int32Array.of(5), Int32Array.of(3, 4, 9, 1)]
  const loss = async (given: number[]) => {
    const example = { promptIds, ids, given: Uint8Array.from(given) }
    const schedule = { updates: 1, batch: 1, learningRate: 0 }
    const learned = await learnTexts(toyPolicy(3), async () => example, schedule)
    expect(learned).toBeCloseTo(await textLoss(toyPolicy(3), [example]), 5)
    return learned
  }
  const each = [0, 1, 2, 3].map(own => loss([0, 1, 2, 3].map(t => Number(t !== own))))
  const alone = await Promise.all(each)
  const all = alone.reduce((a, b) => a + b) / 4
  expect(await loss([0, 0, 0, 0])).toBeCloseTo(all, 5)
  expect(await loss([0, 1, 1, 0])).toBeCloseTo((alone[0]! + alone[3]!) / 2, 5)
})
