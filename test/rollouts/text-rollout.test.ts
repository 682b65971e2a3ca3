import { expect, test } from 'vitest'
import { asRollout, rolloutOfSteps, textRollout } from '../../src/rollouts/text-rollout.ts'
import { loadTokenizer } from '../../src/tokenizer/load.ts'
import { tokenizer } from '../toy.ts'

test('steps written below each other, the end token last', () => {
  const found = textRollout('q0', ['good', 'good\\boxed{0}'], true, tokenizer)
  expect(found).toEqual({
    promptIds: Int32Array.of(5),
    ids: Int32Array.of(3, 2, 3, 9, 1), // good, blank line, good, box, end
    text: 'good\n\ngood\\boxed{0}',
    stop: 'stop',
    steps: [
      { start: 0, end: 2, text: 'good', state: 'complete' },
      { start: 2, end: 5, text: 'good\\boxed{0}', state: 'complete' },
    ],
  })
})

test('a text that breaks off has no end token, and a truncated last step', () => {
  const { ids, stop, steps } = textRollout('q0', ['good', 'bad'], false, tokenizer)
  expect([[...ids], stop]).toEqual([[3, 2, 4], 'length'])
  expect(steps.map(({ state }) => state)).toEqual(['complete', 'truncated'])
})

test('no steps at all are one empty step, which the end token closes', () => {
  const { ids, steps } = textRollout('q0', [], true, tokenizer)
  expect([...ids]).toEqual([1])
  expect(steps).toEqual([{ start: 0, end: 1, text: '', state: 'empty' }])
  expect(textRollout('q0', [], false, tokenizer).steps).toEqual([])
})

test('prompt and response are never merged into one token', async () => {
  const real = await loadTokenizer(new URL('../fixtures/tokenizer', import.meta.url).pathname)
  const { promptIds, ids, steps } = textRollout('What is 3 + 4', [' = 7.', '7'], true, real)
  expect(promptIds).toEqual(real.encode('What is 3 + 4'))
  expect(real.decode(ids)).toBe(' = 7.\n\n7')
  expect(ids.at(-1)).toBe(real.eosId)
  expect(steps.map(({ text }) => text)).toEqual([' = 7.', '7'])
  expect(steps.at(-1)!.end).toBe(ids.length)
})

test('as a rollout it can be scored and credited, and never learned from', () => {
  const text = textRollout('q0', ['good', '\\boxed{0}'], true, tokenizer)
  const rollout = asRollout(text)
  expect(rollout).toMatchObject(text)
  expect(rollout.spans).toEqual([{ start: 0, end: text.ids.length, role: 'policy' }])
  expect(rollout.logprobs_T).toEqual(new Float32Array(text.ids.length).fill(Number.NaN))
  expect([rollout.branch, rollout.weightVersion]).toEqual([null, -1])
})

test('steps that are given are the steps, whatever they hold', () => {
  const steps = ['good\n\ngood', 'bad']
  const found = rolloutOfSteps('q0', steps, true, tokenizer)!
  expect(found.steps).toEqual([
    { start: 0, end: 4, text: 'good\n\ngood', state: 'complete' },
    { start: 4, end: 6, text: 'bad', state: 'complete' },
  ])
  expect([...found.ids]).toEqual([3, 2, 3, 2, 4, 1])
  const cut = rolloutOfSteps('q0', steps, false, tokenizer)!
  expect([[...cut.ids], cut.stop]).toEqual([[3, 2, 3, 2, 4], 'length'])
  expect(cut.steps.map(({ state }) => state)).toEqual(['complete', 'truncated'])
})

test('they are those of textRollout where a blank line only stands between them', () => {
  const steps = ['good', 'bad', 'good\\boxed{0}']
  for (const ended of [true, false])
    expect(rolloutOfSteps('q0', steps, ended, tokenizer)).toEqual(
      textRollout('q0', steps, ended, tokenizer),
    )
})

test('a token that closes two steps, or spells something else, is refused', async () => {
  const fused = await loadTokenizer(new URL('../fixtures/hf/qwen2', import.meta.url).pathname)
  const steps = ['3+4=7', '', 'x']
  const one = fused.pieces(fused.encode(steps.join('\n\n'))).some(piece => piece.includes('\n\n\n'))
  expect(rolloutOfSteps('q', steps, true, fused) === null).toBe(one)
  const lossy = { ...tokenizer, pieces: (ids: ArrayLike<number>) => Array.from(ids, () => 'x') }
  expect(rolloutOfSteps('q0', ['good'], true, lossy)).toBeNull()
  const twice = { ...tokenizer, encode: () => Int32Array.of(7), pieces: () => ['good\n\n\n\nbad'] }
  expect(rolloutOfSteps('q0', ['good', '', 'bad'], true, twice)).toBeNull()
})
