import { expect, test } from 'vitest'
import { below, random } from '../../src/numbers/random.ts'
import { independent } from '../../src/rollouts/independent.ts'
import {
  atConnectives,
  atEpisodes,
  connected,
  episodic,
  recut,
  stepsAt,
} from '../../src/rollouts/recut.ts'
import { problems, tokenizer, toyPolicy, toySampler } from '../toy.ts'

const letters = (ids: Int32Array): string[] => Array.from(ids, id => String.fromCodePoint(id))
const idsOf = (text: string): Int32Array => Int32Array.from(text, letter => letter.codePointAt(0)!)
const cutOf = (text: string, cutter: (text: string) => readonly number[]): string[] =>
  stepsAt({ ids: idsOf(text), text, stop: 'stop' }, letters, cutter).map(step => step.text)

test('cuts stand where the sentence of a connective word begins (arXiv:2508.10293, section 3)', () => {
  const text = 'Let x be 2. We have 3. But then x is 5, so I stop. And Therefore it is 5.\nSo 5.'
  expect(cutOf(text, atConnectives({ first: 5, apart: 0 }))).toEqual([
    'Let x be 2. We have 3.',
    'But then x is 5, so I stop.',
    'And Therefore it is 5.',
    'So 5.',
  ])
  expect(cutOf(text, atConnectives({ first: 30, apart: 0 }))[0]).toContain('so I stop.')
  expect(cutOf(text, atConnectives({ first: 5, apart: 40 }))).toHaveLength(3)
  expect(atConnectives()(text)).toEqual([]) // a thousand characters tell the problem again
  expect(atConnectives({ first: 0 })('So what? Soon.')).toEqual([])
})

test('at least so many characters stand between cuts, whatever the text', () => {
  const draw = random(3)
  const words = ['Wait. ', 'So ', 'one two. ', 'But\n\n', 'three, ']
  for (let round = 0; round < 100; round++) {
    const text = Array.from({ length: 60 }, () => words[below(draw, words.length)]!).join('')
    const [first, apart] = [below(draw, 90), 1 + below(draw, 60)]
    const cuts = [0, ...atConnectives({ first, apart })(text)]
    for (let i = 2; i < cuts.length; i++)
      expect(cuts[i]! - cuts[i - 1]!).toBeGreaterThanOrEqual(apart)
    expect(cuts[1] ?? first).toBeGreaterThanOrEqual(first)
  }
})

const thought = [
  'a',
  'b',
  'c',
  'Wait, d',
  'But wait, e',
  'f',
  'g',
  'Alternatively, h',
  'Waiter',
].join('\n\n')

test('an episode begins at a marker, not within two paragraphs of the last (arXiv:2503.07572, section 4)', () => {
  const episodes = ['a\n\nb\n\nc', 'Wait, d\n\nBut wait, e\n\nf\n\ng', 'Alternatively, h\n\nWaiter']
  expect(cutOf(thought, atEpisodes())).toEqual(episodes)
  expect(cutOf(thought, atEpisodes({ joined: 2 }))).toEqual([
    `${episodes[0]}\n\n${episodes[1]}`,
    episodes[2],
  ])
  expect(cutOf(thought, atEpisodes({ most: 2 }))).toHaveLength(2) // the rest stays in the last
  expect(cutOf('a', atEpisodes())).toEqual(['a'])
})

test('steps tile the tokens: a cut within a token is at its start, and what is cut off is truncated', () => {
  const rollout = { ids: Int32Array.of(0, 1, 2, 3), text: 'So it is', stop: 'length' as const }
  const pieces = () => ['So', ' it', ' is', '<end>']
  const steps = stepsAt(rollout, pieces, () => [3, 4, 6])
  expect(steps).toEqual([
    { start: 0, end: 1, text: 'So', state: 'complete' },
    { start: 1, end: 2, text: 'it', state: 'complete' },
    { start: 2, end: 4, text: 'is', state: 'truncated' },
  ])
  expect(stepsAt({ ...rollout, ids: new Int32Array(0) }, pieces, () => [])).toEqual([])
})

test('rollouts keep all but their steps, and are as they are where nothing is asked', async () => {
  const usual = independent(toySampler(toyPolicy(2)), 3)
  const groups = await usual(problems, 4)
  const told: number[] = []
  const cut = recut(usual, tokenizer, text => [...text.matchAll(/good|bad/g)].map(one => one.index))
  const again = await cut(problems, 4, undefined, group => told.push(group.rollouts.length))
  expect(told).toEqual(problems.map(() => 3))
  for (const [p, { rollouts }] of again.entries())
    for (const [g, { steps, ...rest }] of rollouts.entries()) {
      const { steps: _, ...before } = groups[p]!.rollouts[g]!
      expect(rest).toEqual(before)
      expect(steps.at(0)?.start ?? 0).toBe(0)
      expect(steps.at(-1)?.end ?? 0).toBe(rest.ids.length)
      for (let s = 1; s < steps.length; s++) expect(steps[s]!.start).toBe(steps[s - 1]!.end)
    }
  expect(episodic(usual, tokenizer, 0)).toBe(usual)
  expect(connected(usual, tokenizer, 0)).toBe(usual)
})
