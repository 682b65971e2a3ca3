// A linear score of the words of short texts, learned one text, or one pair of texts, at a time.

import { hashSeed } from './random.ts'

const width = 256 // weights, that words share by chance

/** Weights that score every text 0: one for each place of words, and last one of all texts. */
export const noWeights: readonly number[] = Array(width + 1).fill(0)

/** What somebody has taught: a label of a caption, or which of two is preferred. */
export type Taught =
  | { readonly caption: string; readonly label: 0 | 1 }
  | { readonly better: string; readonly worse: string }

/** A step up the log-likelihood: of a label by logistic regression, of a preference by Bradley and Terry's model. */
export function learnt(weights: readonly number[], one: Taught, rate: number): readonly number[] {
  const [up, down] = 'label' in one ? [one.caption, null] : [one.better, one.worse]
  const score = scoreOf(weights, up) - (down === null ? 0 : scoreOf(weights, down))
  const error = ('label' in one ? one.label : 1) - 1 / (1 + Math.exp(-score))
  const next = [...weights]
  for (const place of placesOf(up)) next[place]! += rate * error
  for (const place of down === null ? [] : placesOf(down)) next[place]! -= rate * error
  return next
}

/** The sum of the weights of a caption's words. */
export function scoreOf(weights: readonly number[], caption: string): number {
  return placesOf(caption).reduce((sum, place) => sum + weights[place]!, 0)
}

function placesOf(caption: string): number[] {
  const words = new Set(caption.match(/\d+|\p{L}+|[^\s\p{L}\d]/gu) ?? [])
  return [...[...words].map(word => hashSeed(0, word) % width), width]
}
