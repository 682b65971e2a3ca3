// One answer out of several candidates: by their scores, by their number, or by both.

import { ask, type Candidate, type Conversation, ranked } from './search.ts'

/**
 * 'best': the candidate with the highest score. 'majority': the answer that most candidates give (self-consistency,
 * arXiv:2203.11171, section 2). 'weighted': the answer whose candidates have the highest sum of scores (arXiv:2206.02336, section
 * 3.2); where a score is below 0 the lowest is taken from each, since a vote cannot count against an answer.
 */
export const choices = ['best', 'weighted', 'majority'] as const
export type Choice = (typeof choices)[number]

/**
 * Candidates in the order of a choice: first those of the answer that was voted for, each with its answer's share of the
 * votes as its score. Among equal sums the answer with the best candidate wins. Without any answer it is the best.
 */
export function* chosen(
  candidates: readonly Candidate[],
  choice: Choice,
): Conversation<readonly Candidate[]> {
  const inOrder = ranked(candidates)
  if (choice === 'best' || inOrder.length === 0) return inOrder
  const texts = inOrder.map(({ path }) => path.text)
  const [class_N] = yield* ask<'same'>([{ kind: 'same', texts }])
  return byVotes(inOrder, class_N!, weights(inOrder, choice))
}

function weights(candidates: readonly Candidate[], choice: Choice): number[] {
  if (choice === 'majority') return candidates.map(() => 1)
  const scores = candidates.map(({ score }) => score).filter(score => score !== null)
  const lowest = scores.reduce((a, b) => Math.min(a, b), 0)
  return candidates.map(({ score }) => (score === null ? 0 : score - lowest))
}

function byVotes(
  inOrder: readonly Candidate[],
  class_N: readonly (number | null)[],
  weight_N: readonly number[],
): readonly Candidate[] {
  const votes = new Map<number, number>() // in the order of their best candidates
  class_N.forEach((one, i) => {
    if (one !== null) votes.set(one, (votes.get(one) ?? 0) + weight_N[i]!)
  })
  if (votes.size === 0) return inOrder
  const total = [...votes.values()].reduce((a, b) => a + b, 0)
  const share = (one: number | null): number =>
    one === null || total === 0 ? 0 : votes.get(one)! / total
  // sums of the same scores in another order may differ by rounding
  const sorted = [...votes.keys()].sort((a, b) => {
    const by = votes.get(b)! - votes.get(a)!
    return Math.abs(by) <= 1e-9 * total ? 0 : by
  })
  const place = (i: number): number =>
    class_N[i] == null ? votes.size : sorted.indexOf(class_N[i])
  return inOrder
    .map((one, i) => ({ one: { ...one, score: share(class_N[i]!) }, place: place(i) }))
    .sort((a, b) => a.place - b.place)
    .map(({ one }) => one)
}
