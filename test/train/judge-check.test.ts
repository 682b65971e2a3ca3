import { expect, test } from 'vitest'
import { stepScores } from '../../src/rewards/step-scores.ts'
import { fileCorpus } from '../../src/train/corpus.ts'
import { checkJudge } from '../../src/train/judge-check.ts'
import type { Engine, Problem } from '../../src/types.ts'
import { problems, spied, toyJudge, toyPolicy, toySampler } from '../toy.ts'

/** Says of every token whether `bad` (id 4) has come since the last blank line. */
function sharpJudge(): Engine {
  const classify = async (sequences: readonly Int32Array[]) =>
    sequences.map(ids => {
      let bad = false
      return Float32Array.from(
        [...ids].flatMap((id, t) => {
          bad = id === 4 || (bad && ids[t - 1] !== 2)
          return bad ? [9, -9] : [-9, 9]
        }),
      )
    })
  return Object.assign(toyJudge(), { classify })
}

const judged = (engine: Engine) => ({
  rewards: stepScores(engine),
  positions: engine.info.maxPositions,
})

// Many copies, since a tenth of a file is for validation, by its text.
const many: Problem[] = Array.from({ length: 200 }, (_, i) => ({
  ...problems[i % 4]!,
  prompt: 'q0'.repeat(1 + (i % 7)) + `q${i % 4}`.repeat(1 + (i % 5)),
}))
const corpus = { ...fileCorpus('toy', many, [problems[0]!]), mutate: () => 'bad' }

test('without an oracle a judge is measured on held-out solutions, half of them made wrong', async () => {
  const sampler = toySampler(toyPolicy())
  const { on, quality, calibrationError } = await checkJudge(
    judged(sharpJudge()),
    sampler,
    corpus,
    10,
    1,
  )
  const held = corpus.validation(10).length
  expect(held).toBeGreaterThan(2)
  expect(on).toBe(`${2 * held} held-out solutions, half of them made wrong`)
  expect(quality).toMatchObject({ stepAccuracy: 1, firstErrorPrecision: 1, firstErrorRecall: 1 })
  expect(quality.correlation).toBeCloseTo(1, 5)
  expect(calibrationError).toBeCloseTo(0, 5) // sure of itself, and right
})

test('a judge that is half sure is as far from the truth as that', async () => {
  const sure = sharpJudge()
  const halfSure: Engine = Object.assign(toyJudge(), {
    // the odds of 3 to 1, where the truth is always as it says
    classify: async (sequences: readonly Int32Array[]) =>
      (await sure.classify(sequences)).map(logits =>
        logits.map(x => Math.sign(x) * 0.5 * Math.log(3)),
      ),
  })
  const { calibrationError } = await checkJudge(
    judged(halfSure),
    toySampler(toyPolicy()),
    corpus,
    10,
    1,
  )
  expect(calibrationError).toBeCloseTo(0.25, 5)
})

test('solutions too long for the judge are left out', async () => {
  const judge = sharpJudge()
  const short = Object.assign(judge, { info: { ...judge.info, maxPositions: 12 } })
  const { engine, calls } = spied(short)
  await checkJudge(judged(engine), toySampler(toyPolicy()), corpus, 10, 1)
  const asked = calls.flatMap(({ verb, args }) =>
    verb === 'classify' ? args[0] : [],
  ) as Int32Array[]
  expect(asked.length).toBeGreaterThan(0)
  expect(asked.every(ids => ids.length <= 12)).toBe(true)
})
