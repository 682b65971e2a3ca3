import { expect, test } from 'vitest'
import type { Path } from '../../src/rollouts/extend.ts'
import { unbegun } from '../../src/rollouts/extend.ts'
import { runSearches } from '../../src/search/run.ts'
import { spoken } from '../../src/search/say.ts'
import { selfRefine } from '../../src/search/self-refine.ts'
import { problems, tokenizer, toyPolicy, toySampler } from '../toy.ts'
import { answered, found, pathOf, type World } from './by-hand.ts'

const words = { check: ' error? ', mend: ' again: ', flawless: 'No error' }

/** A policy that says these texts in turn, to whatever it is told. */
function saying(...texts: string[]): World {
  const next = texts.values()
  return {
    extend: ({ from }) => {
      const { text } = from
      const said = text + (next.next().value ?? 'nothing')
      return [{ ...pathOf([said], 'stop'), text: said }]
    },
    say: (path, told) => ({ ...path, text: path.text + told, stop: 'paused' }),
  }
}

const answer = (rounds: number, ...texts: string[]) =>
  found(selfRefine({ rounds, ...words }), saying(...texts))[0]!.path.text

test('at most three rounds, and no more once there is no error (arXiv:2502.07191, section 3)', () => {
  expect(answer(3, '\\boxed{1}', 'no error.')).toBe('\\boxed{1}')
  const two = answer(3, '\\boxed{1}', 'the sum', '\\boxed{2}', 'No error')
  expect(two).toBe('\\boxed{1} error? the sum again: \\boxed{2}')
  const all = [
    '\\boxed{1}',
    'x',
    '\\boxed{2}',
    'x',
    '\\boxed{3}',
    'x',
    '\\boxed{4}',
    'x',
    '\\boxed{5}',
  ]
  expect(answer(3, ...all).endsWith('\\boxed{4}')).toBe(true)
  expect(answer(1, ...all).endsWith('\\boxed{2}')).toBe(true)
})

test('what comes without an answer is not taken, and what has no room is not asked', () => {
  expect(answer(3, '\\boxed{1}', 'the sum', 'I do not know')).toBe('\\boxed{1}')
  const full: World = {
    ...saying(),
    extend: () => [{ ...pathOf(['so'], 'length'), text: 'so' }],
    say: path => path,
  }
  const { value, asks } = answered(
    selfRefine({ rounds: 3, ...words })(unbegun(Int32Array.of(0)), 1),
    full,
  )
  expect(value[0]!.path.text).toBe('so')
  expect(asks.filter(({ kind }) => kind === 'extend')).toHaveLength(1)
  expect(() => selfRefine({ rounds: 0, ...words })).toThrow('rounds is 0')
})

test("words stand behind a path without its end token, and are nobody's", () => {
  const ids = Int32Array.of(...tokenizer.encode('good\n\nbad'), tokenizer.eosId)
  const steps = [
    { start: 0, end: 2, text: 'good', state: 'complete' as const },
    { start: 2, end: 4, text: 'bad', state: 'complete' as const },
  ]
  const logprobs_T = new Float32Array(4).fill(-1)
  const path: Path = {
    ...unbegun(Int32Array.of(5)),
    ids,
    steps,
    logprobs_T,
    sampledLogprobs_T: logprobs_T,
    text: 'good\n\nbad',
    stop: 'stop',
  }
  const told = spoken(path, '\n\ngood', tokenizer)
  expect([told.text, told.stop, told.ids.length]).toEqual(['good\n\nbad\n\ngood', 'paused', 5])
  expect([...told.logprobs_T]).toEqual([-1, -1, -1, Number.NaN, Number.NaN])
  expect(told.steps.map(({ end }) => end)).toEqual([2, 3])
  expect(told.spans.at(-1)).toEqual({ start: 3, end: 5, role: 'hint' })
  expect(spoken({ ...path, stop: 'length' }, 'good', tokenizer).stop).toBe('length')
})

test('with a real engine the talk goes on within the room that there is', async () => {
  const sampler = { ...toySampler(toyPolicy(2)), maxTokens: 20 }
  await sampler.engine.spell(tokenizer.tokenBytes())
  const search = selfRefine({ rounds: 2, check: '\n\nbad', mend: '\n\ngood', flawless: 'none' })
  const begun = problems.map((problem, p) => ({
    problem,
    conversation: search(unbegun(tokenizer.encode(problem.prompt)), p),
  }))
  const all = await runSearches(begun, { sampler, judge: null })
  for (const { value, spent } of all) {
    const { path } = value[0]!
    expect(['stop', 'length']).toContain(path.stop)
    expect(path.ids.length).toBeLessThanOrEqual(20)
    expect(path.steps.at(-1)?.end ?? 0).toBe(path.ids.length)
    expect(spent.judged).toBe(0)
  }
})
