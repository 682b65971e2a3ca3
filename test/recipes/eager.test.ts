import { expect, test } from 'vitest'
import { below, normal, type Random, random } from '../../src/numbers/random.ts'
import { answered, facets, shapedBonuses } from '../../src/rewards/facets.ts'
import {
  answersOf,
  type Lesson,
  lessonLoss,
  noAnswers,
  questionsOf,
  sureOf,
  taught,
  wordsOf,
} from '../../src/rewards/goal-answers.ts'
import { exampleGroup, expectClose } from '../example-groups.ts'

const discounted = (rewards_S: ArrayLike<number>, discount: number) =>
  Array.from(rewards_S).reduce((sum, r, s) => sum + r * discount ** s, 0)

test('bonuses of 0.9 and 0.7 come to nothing once the goal is reached (arXiv:2206.09674, section 3.3)', () => {
  const options = { bonus: 1, discount: 0.99, right: 0 }
  const shaped = shapedBonuses([0.9, 0, 0.7, 0, 0], 1, options)
  expectClose(shaped.subarray(0, 4), [0.9, 0, 0.7, 0])
  expect(discounted(shaped, 0.99)).toBeCloseTo(0, 6)
})

test('of any right rollout they do; of a wrong one they stay', () => {
  const draw = random(2)
  for (let round = 0; round < 100; round++) {
    const options = { bonus: draw(), discount: 0.5 + draw() / 2, right: 2 }
    const bonuses = Array.from({ length: 1 + below(draw, 8) }, () => below(draw, 3))
    const last = options.discount ** (bonuses.length - 1)
    const right = discounted(shapedBonuses(bonuses, 1, options), options.discount)
    expect(right).toBeCloseTo(2 * last, 5)
    const wrong = discounted(shapedBonuses(bonuses, 0, options), options.discount)
    expect(wrong).toBeCloseTo(options.bonus * discounted(bonuses, options.discount), 5)
  }
})

/** Goals like `(8-5)*4`, and what was done for them, word by word. */
function solved(draw: Random) {
  const [a, b, c] = Array.from({ length: 3 }, () => String(1 + below(draw, 99)))
  const rest = Number(a) - Number(b)
  return { goal: `Compute (${a}-${b})*${c}`, steps: [`${a}-${b}=${rest}`, `${rest}*${c}=0`] }
}

function lessonsFrom(draw: Random, count: number): Lesson[] {
  const all = Array.from({ length: count }, () => solved(draw))
  return all.flatMap(({ steps }, i) => {
    const done = wordsOf(steps.join(' '))
    const of = (j: number) => questionsOf(wordsOf(all[j]!.goal))
    const own = of(i).map(question => ({ question, done, answer: question.goal[question.at]! }))
    return [...own, ...of((i + 1) % count).map(question => ({ question, done, answer: null }))]
  })
}

test('words and numbers of a goal are asked for, each where it stands', () => {
  const goal = wordsOf('Add 2 and 2.5!')
  expect(goal).toEqual(['Add', '2', 'and', '2.5', '!'])
  expect(questionsOf(goal).map(({ at }) => at)).toEqual([0, 1, 2, 3])
})

test('how likely answers are adds up to 1; who knows nothing is sure of nothing', () => {
  const draw = random(3)
  for (let round = 0; round < 50; round++) {
    const answerer = noAnswers.map(() => normal(draw))
    const [lesson] = lessonsFrom(draw, 2) as [Lesson]
    const { places, none } = answersOf(answerer, lesson.question, lesson.done)
    expect(places.reduce((sum, p) => sum + p, none)).toBeCloseTo(1, 9)
    expect(sureOf(noAnswers, lesson.question, lesson.done)).toBeNull()
    expect(sureOf(answerer, lesson.question, [])).toBeNull()
  }
})

test('the slopes of a lesson are those of its loss, answered or not', () => {
  const draw = random(4)
  for (const lesson of lessonsFrom(draw, 5)) {
    const answerer = noAnswers.map(() => normal(draw))
    const { slopes } = lessonLoss(answerer, lesson)
    for (let f = 0; f < answerer.length; f++) {
      const at = (by: number) => lessonLoss(answerer.with(f, answerer[f]! + by), lesson).loss
      expect(slopes[f]).toBeCloseTo((at(1e-4) - at(-1e-4)) / 2e-4, 4)
    }
  }
})

test('once taught it finds the numbers of goals it has not seen, and has no answer on other goals', () => {
  const draw = random(5)
  const answerer = taught(noAnswers, lessonsFrom(draw, 100), { updates: 3000, rate: 0.1 }, draw)
  const share = (of: readonly Lesson[]) => {
    const sure = of.filter(({ question, done }) => sureOf(answerer, question, done) !== null)
    return sure.length / of.length
  }
  const fresh = lessonsFrom(draw, 100)
  const isNumber = ({ question }: Lesson) => /\d/.test(question.goal[question.at]!)
  expect(share(fresh.filter(one => isNumber(one) && one.answer !== null))).toBeGreaterThan(0.8)
  expect(share(fresh.filter(({ answer }) => answer === null))).toBeLessThan(0.05)
})

test('each question pays at most once, at the first step that tells, and no more than 1', () => {
  const draw = random(6)
  const answerer = taught(noAnswers, lessonsFrom(draw, 100), { updates: 3000, rate: 0.1 }, draw)
  const asked = questionsOf(wordsOf('Compute (8-5)*4'))
  const told = answered(answerer, asked, ['8-5=3', '3*4=12', '8-5=3', '3*4=12'])
  expect(told[0]).toBeGreaterThan(1) // 8 and 5
  expect(told[0]).toBeLessThan(2)
  expect(told[1]).toBeGreaterThan(0.5) // 4
  expect(told.slice(2)).toEqual([0, 0])
  expect(answered(answerer, [], ['8'])).toEqual([0])
  expect(answered(answerer, asked, [])).toEqual([])
})

test('what is not known stays so, and what is no number; what was learned is told, and goes on', async () => {
  const group = exampleGroup([1, 1], [1, 1], [1])
  const problem = { ...group.problem, prompt: 'step 0, then 1', solution: ['step 0', 'step 1'] }
  const groups = [{ ...group, problem }, group]
  const grade = async () => [{ outcome_G: [0, null, Number.NaN] }, { outcome_G: [0, 1, 1] }]
  const options = { bonus: 0.1, discount: 1, right: 1, seed: 1, updates: 50, rate: 0.1 }
  const first = facets(grade, { ...options, answerer: null })
  const [found] = await first.scorer(groups)
  expect(found!.steps_G_S[1]).toBeNull()
  expect(found!.steps_G_S[2]!.at(-1)).toBeNaN()
  expect(first.next()).not.toEqual(noAnswers)
  const none = facets(grade, { ...options, answerer: first.next(), updates: 0 })
  await none.scorer(groups)
  expect(none.next()).toEqual(first.next())
})
