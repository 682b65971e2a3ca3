// What the compiler refuses of each contract of src/method.ts. A line below `@ts-expect-error` that compiled would be an error
// of `npm run check`; what stands without it is right, and runs.

import { describe, expect, test } from 'vitest'
import { fakeEngine } from '../src/engine/fake.ts'
import type {
  Advantages,
  Baseline,
  Divergence,
  Loss,
  Method,
  Outcome,
  Parts,
  Pupil,
  Rewards,
  Scorer,
  Select,
  StepRewards,
  TokenLesson,
  TokenRewards,
  TokenValues,
} from '../src/method.ts'
import { learning, method, recipe } from '../src/recipe.ts'
import { both } from '../src/rewards/both.ts'
import { advantages, credit, update } from '../src/stages.ts'
import type { Rollout } from '../src/types.ts'

/** Says of what type a value is to be. */
const is = <T>(_: T): void => {}

const rollouts: Method['rollouts'] = async () => []
const grade: Scorer<Outcome> = async () => []
const scored: Scorer<Outcome & StepRewards> = async () => []
const valued: Scorer<Outcome & TokenValues> = async () => []
const plain = { baseline: advantages.none(), weight: 1 }
const outcome = credit.streams({ outcome: credit.outcome() })
const process = credit.streams({ process: credit.sum() })
const ofOutcome = advantages.combine({ outcome: plain })
const ofProcess = advantages.combine({ process: plain })
const loss = update.reinforce()
const graded = { rollouts, rewards: grade, credit: outcome, advantages: ofOutcome, loss }
const judged = { rollouts, rewards: scored, credit: process, advantages: ofProcess, loss }

describe('the wiring of a method', () => {
  test('credit reads what rewards give', () => {
    method(graded)
    method(judged)
    // @ts-expect-error: the rewards compute no steps
    method({ ...judged, rewards: grade })
    const toCome = credit.streams({ outcome: credit.klToCome({ coefficient: 1 }) })
    // @ts-expect-error: the rewards compute no log-ratios
    method({ ...graded, credit: toCome })
    const expected = credit.streams({ outcome: credit.values() })
    // @ts-expect-error: the rewards compute no values
    method({ ...graded, credit: expected })
    method({ ...graded, rewards: valued, credit: expected })
    const summed = credit.streams({ outcome: credit.tokenSum() })
    // @ts-expect-error: the rewards compute no rewards of tokens
    method({ ...graded, credit: summed })
  })

  test('advantages know the streams that are credited, and no others', () => {
    // @ts-expect-error: the advantages know no stream 'process'
    method({ ...judged, advantages: ofOutcome })
    const both = advantages.combine({ process: plain, outcome: plain })
    // @ts-expect-error: nothing credits the stream 'outcome'
    method({ ...judged, advantages: both })
  })

  test('advantages, selections and memory read what rewards give', () => {
    const weighted = advantages.spreadWeighted(ofOutcome, { usual: null })
    // @ts-expect-error: the rewards compute no steps
    method({ ...graded, advantages: weighted })
    method({ ...graded, rewards: scored, advantages: weighted })
    const sure: Select<Outcome & StepRewards> = ({ rewards_P }) =>
      rewards_P.map(({ steps_G_S }) => steps_G_S.map((_, g) => g))
    // @ts-expect-error: the rewards compute no steps
    method({ ...graded, select: sure })
    method({ ...judged, select: sure })
    // @ts-expect-error: the rewards compute no steps
    method({ ...graded, remember: advantages.usualSpread(null) })
    method({ ...judged, remember: advantages.usualSpread(null) })
  })

  test('a pupil learns from streams that are credited', () => {
    const also = [update.critic(fakeEngine(), { learningRate: 1e-3 })]
    // @ts-expect-error: nothing credits the streams 'returns' and 'values'
    method({ ...graded, also })
    const returns = credit.streams({ returns: credit.outcome(), values: credit.values() })
    method({
      rollouts,
      rewards: valued,
      credit: returns,
      advantages: advantages.overValues(),
      loss,
      also,
    })
  })
})

describe('what a stage gives', () => {
  test('a missing label is null', () => {
    is<Outcome>({ outcome_G: [1, null] })
    // @ts-expect-error: a label that is missing is not left out
    is<Outcome>({ outcome_G: [1, undefined] })
    // @ts-expect-error: nor is a rollout without step rewards an empty list
    is<StepRewards>({ steps_G_S: [[]] })
    // @ts-expect-error: an outcome is a number, whatever a verifier says
    is<Outcome>({ outcome_G: [true] })
    is<Divergence>({ logRatios_G_T: [null] })
    // @ts-expect-error: a critic has a value for every rollout
    is<TokenValues>({ values_G_T: [null] })
    is<TokenRewards>({ tokens_G_T: [null] })
    // @ts-expect-error: rewards have outcomes, known or not
    is<Rewards>({ steps_G_S: [null] })
  })

  test('named parts are read by the names that they have', () => {
    const lucky: Scorer<Parts<'luck'>> = async () => []
    const merged: Scorer<Outcome & Parts<'luck'>> = both(grade, lucky)
    const memory = { ...graded, rewards: merged }
    method({ ...memory, remember: ({ rewards_P }) => rewards_P.map(one => one.parts_G.luck[0]!) })
    // @ts-expect-error: no part has this name
    method({ ...memory, remember: ({ rewards_P }) => rewards_P.map(one => one.parts_G.skill[0]!) })
  })

  test('a selection is a list of indices a group', () => {
    is<Select>(({ groups_P }) => groups_P.map(() => [0]))
    // @ts-expect-error: one index a group
    is<Select>(({ groups_P }) => groups_P.map(() => 0))
    // @ts-expect-error: marks, not indices
    is<Select>(({ groups_P }) => groups_P.map(() => [true]))
    // @ts-expect-error: rollouts, not indices
    is<NonNullable<Method['learns']>>(({ groups_P }) => groups_P.map(({ rollouts }) => rollouts))
    // @ts-expect-error: selecting asks nobody
    is<Select>(async ({ groups_P }) => groups_P.map(() => [0]))
  })

  test('memory is plain data', () => {
    is<NonNullable<Method['remember']>>(({ groups_P }) => ({ groups: groups_P.length }))
    // @ts-expect-error: JSON has no maps
    is<NonNullable<Method['remember']>>(() => new Map([['a', () => 1]]))
    // @ts-expect-error: JSON has no functions
    is<NonNullable<Method['remember']>>(() => ({ next: () => 1 }))
    // @ts-expect-error: null, where there is nothing
    is<NonNullable<Method['remember']>>(() => undefined)
  })

  test('credit, baselines, advantages and losses are synchronous and whole', () => {
    is<Baseline>(({ rollouts }) => rollouts.map(({ ids }) => new Float32Array(ids.length)))
    // @ts-expect-error: a rollout without a label has zeros
    is<Baseline>((_, returns_G) => returns_G)
    // @ts-expect-error: no promise
    is<Baseline>(async () => [])
    // @ts-expect-error: no promise
    is<Advantages>(async () => ({ advantages_P_G_T: [], metrics: {} }))
    // @ts-expect-error: no promise
    is<Loss['of']>(async () => ({ loss: 0, dlogprobs_G_T: [], metrics: {} }))
    // @ts-expect-error: a slope for every log-probability
    is<Loss['of']>(() => ({ loss: 0, metrics: {} }))
  })

  test('a loss says what it reads, and looks whether it is there', () => {
    // @ts-expect-error: whether it needs a reference
    is<Loss>({ of: loss.of })
    const first = (xs: Float32Array): number => xs[0]!
    const slope = { dlogprobs_G_T: [], metrics: {} }
    // @ts-expect-error: there may be no reference
    is<Loss['of']>(([one]) => ({ loss: first(one!.reference_T), ...slope }))
    // @ts-expect-error: there may be no proximal policy
    is<Loss['of']>(([one]) => ({ loss: first(one!.proximal_T), ...slope }))
    // @ts-expect-error: the outcome may not be known
    is<Loss['of']>(([one]) => ({ loss: -one!.outcome, ...slope }))
  })

  test('a pupil says what it learns from, and by what', () => {
    const engine = fakeEngine()
    const lesson: TokenLesson<'outcome'> = {
      of: 'tokens',
      stream: 'outcome',
      loss,
      reference: null,
    }
    is<Pupil<'outcome'>>({ name: 'judge', engine, learningRate: 1e-3, lesson })
    // @ts-expect-error: a stream of another name
    is<Pupil<'process'>>({ name: 'judge', engine, learningRate: 1e-3, lesson })
    // @ts-expect-error: a loss of log-probabilities is no loss of values
    is<Pupil>({ name: 'j', engine, learningRate: 1, lesson: { ...lesson, of: 'values' } })
    const { reference: _, ...unsaid } = lesson
    // @ts-expect-error: whether there is a reference is said
    is<TokenLesson>(unsaid)
  })

  test('rollouts come from where they may come from', () => {
    is<NonNullable<Rollout['origin']>>('replay')
    // @ts-expect-error: no such origin
    is<NonNullable<Rollout['origin']>>('mine')
    // @ts-expect-error: problems are drawn, not awaited
    is<NonNullable<Method['problems']>>(async () => [])
    // @ts-expect-error: groups, not rollouts
    is<Method['rollouts']>(async () => [[] as Rollout[]])
  })
})

test('a recipe builds from its own options, and needs what there is', () => {
  const said = { name: 'r', paper: 'p', about: 'a', differs: [], options: learning } as const
  const build = () => method(graded)
  const made = recipe({
    ...said,
    needs: ['grader'],
    build: o => (o.groupSize > 0 ? build() : build()),
  })
  expect(made.name).toBe('r')
  // @ts-expect-error: no option has this name
  recipe({ ...said, needs: [], build: o => (o.group > 0 ? build() : build()) })
  // @ts-expect-error: nothing of this name can be needed
  recipe({ ...said, needs: ['luck'], build })
  // @ts-expect-error: a model beside the policy says its head, or that it has the policy's
  recipe({ ...said, needs: [], beside: { judge: { about: 'tells outcomes' } }, build })
  // @ts-expect-error: a method without a loss
  recipe({ ...said, needs: [], build: () => ({ ...graded, loss: undefined }) })
})
