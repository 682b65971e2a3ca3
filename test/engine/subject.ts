import { expect, test } from 'vitest'
import type { Engine, TokenScores } from '../../src/engine/engine.ts'
import { below, random } from '../../src/numbers/random.ts'

/** An engine to test, fresh, and how to open what it saved. */
export interface Subject {
  readonly engine: Engine
  readonly reopen: (folder: string) => Promise<Engine>
}
export type Open = () => Promise<Subject>

/** Declares tests that each get a fresh engine, closed afterwards. */
export function tests(open: Open) {
  return (title: string, body: (engine: Engine, reopen: Subject['reopen']) => Promise<void>) =>
    test(title, async () => {
      const { engine, reopen } = await open()
      try {
        await body(engine, reopen)
      } finally {
        await engine.close()
      }
    })
}

/** Token sequences of these lengths, always the same. */
export function sequences(engine: Engine, ...lengths: number[]): Int32Array[] {
  return lengths.map((length, i) => {
    const draw = random(5, 'sequence', i, length)
    return Int32Array.from({ length }, () => below(draw, engine.info.vocabSize))
  })
}

/** Weights of both signs for ids.length - 1 tokens, always the same. */
export function weights(ids: Int32Array, scale = 1): Float32Array {
  const draw = random(6, 'weights', ids.length)
  return Float32Array.from({ length: ids.length - 1 }, () => scale * (draw() - 0.4))
}

/** -sum weights * logprob. */
export function lossOf(scores: readonly TokenScores[], weights: readonly Float32Array[]): number {
  let loss = 0
  scores.forEach(({ logprobs }, i) => {
    logprobs.forEach((logprob, t) => {
      if (weights[i]![t] !== 0) loss -= weights[i]![t]! * logprob
    })
  })
  return loss
}

/** Asserts that two arrays agree everywhere within `tolerance`. */
export function close(
  found: ArrayLike<number> | null,
  expected: ArrayLike<number> | null,
  tolerance: number,
): void {
  if (found === null || expected === null) throw new Error('nothing to compare')
  expect(found.length).toBe(expected.length)
  let worst = 0
  for (let i = 0; i < found.length; i++) {
    const difference = Math.abs(found[i]! - expected[i]!)
    if (!(difference <= worst)) worst = difference // NaN is kept
  }
  expect(worst).toBeLessThanOrEqual(tolerance)
}

/** Log-probabilities of every token of the vocabulary after a prompt, from score alone. */
export async function nextLogprobs(engine: Engine, prompt: Int32Array): Promise<Float64Array> {
  const all = Array.from({ length: engine.info.vocabSize }, (_, v) => Int32Array.of(...prompt, v))
  const scores = await engine.score(all)
  return Float64Array.from(scores, ({ logprobs }) => logprobs.at(-1)!)
}

/** AdamW's settings that make it plain gradient descent: its denominator is one large constant. */
export function descent(rate: number) {
  const epsilon = 1e6
  return { learningRate: rate * epsilon, epsilon, betas: [0, 0], clipNorm: null } as const
}
