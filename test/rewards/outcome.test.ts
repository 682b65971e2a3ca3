import { expect, test } from 'vitest'
import { outcome } from '../../src/rewards/outcome.ts'
import type { Group, Problem, Rollout } from '../../src/types.ts'
import { exampleGroup, exampleRollout } from '../example-groups.ts'

/** A group whose rollouts read like this. */
function group(answer: string | null, ...texts: readonly string[]): Group {
  const rollouts = texts.map((text): Rollout => ({ ...exampleRollout([2]), text }))
  const { problem } = exampleGroup()
  return { problem: { ...problem, id: `${answer}`, answer }, rollouts }
}

async function outcomes(
  groups: readonly Group[],
  labelled?: (problem: Problem) => boolean,
): Promise<(readonly (number | null)[])[]> {
  return (await outcome(labelled)(groups)).map(({ outcome_G }) => outcome_G)
}

test('1 where the last box equals the answer, 0 where not or where there is none', async () => {
  const one = group('42', '\\boxed{42}', '\\boxed{41}', '42', '', '\\boxed{42} no, \\boxed{7}')
  expect(await outcomes([one])).toEqual([[1, 0, 0, 0, 0]])
})

test('numbers are compared as numbers', async () => {
  expect(await outcomes([group('1/2', '\\boxed{0.5}', '\\boxed{\\frac{2}{4}}')])).toEqual([[1, 1]])
})

test('null where nothing is known: no answer, or one that cannot be graded', async () => {
  const groups = [group(null, '\\boxed{1}', ''), group('', '\\boxed{1}'), group('\\boxed{}', '')]
  expect(await outcomes(groups)).toEqual([[null, null], [null], [null]])
})

test('null where the label is kept from the method', async () => {
  const groups = [group('1', '\\boxed{1}'), group('2', '\\boxed{1}'), group('3', '\\boxed{3}')]
  expect(await outcomes(groups, ({ id }) => id !== '1')).toEqual([[null], [0], [1]])
})

test('a group without rollouts has no outcomes; no groups, none', async () => {
  expect(await outcomes([group('1')])).toEqual([[]])
  expect(await outcomes([])).toEqual([])
})
