import { describe, expect, test } from 'vitest'
import { askedIds } from '../../src/engine/asked.ts'
import type { Asked, Engine } from '../../src/engine/engine.ts'
import type { Scorer, StepRewards } from '../../src/method.ts'
import { below, pick, random } from '../../src/numbers/random.ts'
import { grade } from '../../src/rewards/grade/grade.ts'
import { stepScores } from '../../src/rewards/step-scores.ts'
import { verdictOf } from '../../src/train/approve.ts'
import { fileCorpus } from '../../src/train/corpus.ts'
import { type AnswerCheck, checkJudge, type StepCheck } from '../../src/train/judge-check.ts'
import { learnTexts } from '../../src/train/supervised.ts'
import type { Problem } from '../../src/types.ts'
import { problems, spied, tokenizer, toyJudge, toyPolicy, toySampler } from '../toy.ts'

/** Says of every token whether `bad` (id 4) has come since the last blank line. */
function sharpJudge(): Engine {
  const classify = async (sequences: readonly Asked[]) =>
    sequences.map(askedIds).map(ids => {
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
const often = { problems: 10, seed: 1 }
const corpus = { ...fileCorpus('toy', many, [problems[0]!]), mutate: () => 'bad' }

test('without an oracle a judge is measured on held-out solutions, half of them made wrong', async () => {
  const sampler = toySampler(toyPolicy())
  const check = (await checkJudge(judged(sharpJudge()), sampler, corpus, often)) as StepCheck
  const { on, quality, calibrationError, balanced, right, wrong, problems: tried } = check
  const held = corpus.validation(10).length
  expect(held).toBe(10)
  expect(check.kind).toBe('steps')
  // of two steps each: both of the right solution, and of the other one as many as come before the wrong one
  expect([wrong, tried]).toEqual([10, 10])
  expect(right).toBeGreaterThanOrEqual(20)
  expect(balanced).toEqual({ value: 1, low: 1, high: 1 })
  expect(on).toBe(`${2 * held} held-out solutions, half of them made wrong`)
  expect(quality).toMatchObject({ stepAccuracy: 1, firstErrorPrecision: 1, firstErrorRecall: 1 })
  expect(quality.correlation).toBeCloseTo(1, 5)
  expect(calibrationError).toBeCloseTo(0, 5) // sure of itself, and right
})

test('a judge that is half sure is as far from the truth as that', async () => {
  const sure = sharpJudge()
  const halfSure: Engine = Object.assign(toyJudge(), {
    // the odds of 3 to 1, where the truth is always as it says
    classify: async (sequences: readonly Asked[]) =>
      (await sure.classify(sequences)).map(logits =>
        logits.map(x => Math.sign(x) * 0.5 * Math.log(3)),
      ),
  })
  const sampler = toySampler(toyPolicy())
  const { calibrationError } = (await checkJudge(
    judged(halfSure),
    sampler,
    corpus,
    often,
  )) as StepCheck
  expect(calibrationError).toBeCloseTo(0.25, 5)
})

test('solutions too long for the judge are left out', async () => {
  const judge = sharpJudge()
  const short = Object.assign(judge, { info: { ...judge.info, maxPositions: 12 } })
  const { engine, calls } = spied(short)
  await checkJudge(judged(engine), toySampler(toyPolicy()), corpus, often)
  const asked = calls.flatMap(({ verb, args }) => (verb === 'classify' ? args[0] : [])) as Asked[]
  expect(asked.length).toBeGreaterThan(0)
  expect(asked.every(one => askedIds(one).length <= 12)).toBe(true)
})

/** Half sure of every answer. */
async function answering(): Promise<Engine> {
  const [policy, draw] = [toyPolicy(), random(1, 'answers')]
  const next = () => {
    const { prompt, answer } = pick(draw, problems)
    const body = tokenizer.encode(`good\n\n\\boxed{${draw() < 0.5 ? answer : below(draw, 4)}}`)
    return { promptIds: tokenizer.encode(prompt), ids: Int32Array.of(...body, tokenizer.eosId) }
  }
  await learnTexts(policy, next, { updates: 40, batch: 16, learningRate: 0.2 })
  return policy
}

describe('without worked solutions, on graded rollouts of the policy', () => {
  const boxed = (i: number): Problem => ({ ...many[i]!, prompt: `q0${many[i]!.prompt}` })
  const unsolved = many.map((_, i) => ({ ...boxed(i), solution: null }))
  const answered = fileCorpus('toy', unsolved, null)
  /** The worst step of an answer gets what the judge says of it. */
  const found = async (
    says: (right: boolean, place: number) => number | null,
    from = answered,
  ): Promise<AnswerCheck> => {
    let place = 0
    const rewards: Scorer<StepRewards> = async groups =>
      groups.map(({ problem, rollouts }) => ({
        steps_G_S: rollouts.map(({ text, steps }) => {
          const score = says(grade({ gold: problem.answer, pred: text }).correct === true, place++)
          return score === null
            ? null
            : Float32Array.from(steps, (_, s) => (s === steps.length - 1 ? score : 0.9))
        }),
      }))
    const judge = { rewards, positions: Number.POSITIVE_INFINITY }
    const check = await checkJudge(judge, toySampler(await answering()), from, {
      problems: 200,
      seed: 1,
    })
    expect(check.kind).toBe('answers')
    return check as AnswerCheck
  }

  test('a judge that knows the answer ranks every right one above every wrong one', async () => {
    const check = await found(right => (right ? 0.5 : -0.5))
    expect(check).toMatchObject({ within: 1, unscored: 0, problems: 50 })
    expect(check.auc).toEqual({ value: 1, low: 1, high: 1 })
    expect(check.right + check.wrong).toBe(200)
    expect(Math.min(check.right, check.wrong)).toBeGreaterThan(20)
    expect(check.pairs).toBeGreaterThan(20)
    const held = new Set(answered.validation(50).map(({ prompt }) => prompt)).size
    expect(check.on).toBe(
      `200 rollouts of the policy, 4 for each of 50 problems (${held} of them held out)`,
    )
    expect(verdictOf(check)).toEqual({ verdict: 'pass', why: '' })
  })

  test('one that guesses, one that has it the wrong way round, and one that says nothing are refused', async () => {
    const guess = random(1, 'guess')
    const guessed = await found(() => guess())
    expect(guessed.auc.value).toBeGreaterThan(guessed.auc.low)
    expect(guessed.auc.value).toBeLessThan(guessed.auc.high)
    expect(guessed.auc.value).toBeCloseTo(0.5, 0)
    expect(verdictOf(await found(right => (right ? -0.5 : 0.5)))).toMatchObject({
      verdict: 'refuse',
      why: expect.stringMatching(
        /^tells right from wrong answers at 0\.00 \(95 %: 0\.00 to 0\.00\)/,
      ),
    })
    const silent = await found(() => null)
    expect(silent.unscored).toBe(200)
    expect(verdictOf(silent)).toMatchObject({ verdict: 'refuse' })
  })

  test('answers without a score are counted, and left out', async () => {
    const check = await found((right, place) => (place % 4 === 0 ? null : Number(right)))
    expect(check.unscored).toBe(50)
    expect(check.right + check.wrong).toBe(150)
    expect(check.auc.value).toBe(1)
  })

  test('too few of either kind only warn, with their number', async () => {
    const few = fileCorpus('toy', unsolved.slice(0, 24), null)
    const check = await found(right => Number(right), few)
    const wrong = { ...check, right: 9 }
    expect(verdictOf(wrong)).toEqual({
      verdict: 'warn',
      why: `has been tried on too little to tell: 9 right and ${check.wrong} wrong answers of ${check.problems} problems with a score`,
    })
  })

  test('fewer than ten worked solutions say less than answers; without these they are asked', async () => {
    const some = many.map((_, i) => ({ ...boxed(i), solution: i % 20 === 0 ? ['good'] : null }))
    await found(right => Number(right), fileCorpus('toy', some, null)) // by answers
    const mute = some.map(problem => ({ ...problem, answer: null }))
    const solved = { ...fileCorpus('toy', mute, null), mutate: () => 'bad' }
    const sampler = toySampler(toyPolicy())
    const check = await checkJudge(judged(sharpJudge()), sampler, solved, often)
    expect([check.kind, verdictOf(check).verdict]).toEqual(['steps', 'warn'])
  })

  test('where nothing is known it says so', async () => {
    const unknown = unsolved.map(problem => ({ ...problem, answer: null }))
    const sampler = toySampler(toyPolicy())
    const corpus = fileCorpus('toy', unknown, null)
    const check = await checkJudge(judged(sharpJudge()), sampler, corpus, often)
    expect(verdictOf(check)).toEqual({
      verdict: 'warn',
      why: 'is not checked: toy: neither worked solutions nor answers are known',
    })
  })
})

describe('what a check comes to', () => {
  const at = (value: number, low: number, high: number) =>
    verdictOf({
      kind: 'answers',
      on: 'rollouts',
      auc: { value, low, high },
      right: 40,
      wrong: 60,
      problems: 25,
      unscored: 0,
      within: value,
      pairs: 90,
    }).verdict
  test.each([
    [0.7, 0.6, 0.8, 'pass'],
    [0.56, 0.51, 0.6, 'pass'],
    [0.7, 0.49, 0.9, 'warn'], // it may be chance
    [0.54, 0.51, 0.58, 'warn'],
    [0.5, 0.44, 0.56, 'warn'], // it may be good enough
    [0.5, 0.46, 0.549, 'refuse'],
    [0.2, 0.1, 0.3, 'refuse'],
  ])('%d, from %d to %d: %s', (value, low, high, verdict) => {
    expect(at(value, low, high)).toBe(verdict)
  })
})
