import type { Outcome, Scorer, StepRewards } from '../method.ts'
import { below, type Random, random } from '../numbers/random.ts'
import type { Group, Problem } from '../types.ts'
import {
  type Answerer,
  type GoalQuestion,
  type Lesson,
  noAnswers,
  questionsOf,
  sureOf,
  taught,
  wordsOf,
} from './goal-answers.ts'

export interface BonusOptions {
  readonly bonus: number // of a question that is surely answered for the first time
  readonly discount: number // of a reward one step later
  readonly right: number // of a right answer
}
export interface FacetOptions extends BonusOptions {
  readonly answerer: Answerer | null // null: it knows nothing yet
  readonly seed: number
  readonly updates: number // lessons of the answerer an iteration
  readonly rate: number // of gradient descent
}

/**
 * Rewards of steps that answer questions on the goal. Each word of a problem's question is masked once; the answerer reads what was
 * done up to a step, and the first time that its likeliest answer is that word the step earns how sure it is. A right answer pays
 * `right` and takes back what its bonuses are worth at the end, so that of a right rollout they come to nothing (EAGER,
 * arXiv:2206.09674, section 3.3). The answerer learns worked solutions first, and no answer to questions on the goal of another
 * problem. null where the outcome is not known. `next` is what is to be remembered.
 */
export function facets(grade: Scorer<Outcome>, options: FacetOptions) {
  let answerer = options.answerer ?? noAnswers
  const scorer: Scorer<Outcome & StepRewards> = async (groups, signal) => {
    const rewards_P = await grade(groups, signal)
    const draw = random(options.seed, 'facets')
    answerer = taught(answerer, lessonsOf(groups, draw), options, draw)
    return rewards_P.map(({ outcome_G }, p) => {
      const { problem, rollouts } = groups[p]!
      const asked = questionsOf(goalOf(problem))
      return {
        outcome_G,
        steps_G_S: rollouts.map(({ steps }, g) => {
          const outcome = outcome_G[g]
          if (outcome == null) return null
          const texts = steps.map(({ text }) => text)
          return shapedBonuses(answered(answerer, asked, texts), outcome, options)
        }),
      }
    })
  }
  return { scorer: Object.assign(scorer, { begin: grade.begin }), next: () => answerer }
}

/** Worked solutions with the questions on their goal, and as many with those on that of another problem. */
function lessonsOf(groups: readonly Group[], draw: Random): Lesson[] {
  const goals = groups.map(({ problem }) => goalOf(problem))
  return groups.flatMap(({ problem: { solution } }, p) => {
    if (solution === null) return []
    const done = wordsOf(solution.join(' '))
    const own = questionsOf(goals[p]!)
    const other = goals[(p + 1 + below(draw, Math.max(1, goals.length - 1))) % goals.length]!
    const others = goals.length === 1 ? [] : questionsOf(other).slice(0, own.length)
    return [
      ...own.map(question => ({ question, done, answer: question.goal[question.at]! })),
      ...others.map(question => ({ question, done, answer: null })),
    ]
  })
}

/** What each step earns: how sure the answerer is of the words that it finds for the first time. */
export function answered(
  answerer: Answerer,
  asked: readonly GoalQuestion[],
  steps: readonly string[],
): number[] {
  const open = new Set(asked)
  const done: string[] = []
  return steps.map(step => {
    done.push(...wordsOf(step))
    const found = [...open].map(question => [question, sureOf(answerer, question, done)] as const)
    const sure = found.filter(([, how]) => how !== null)
    for (const [question] of sure) open.delete(question)
    return sure.reduce((sum, [, how]) => sum + how!, 0)
  })
}

/** Rewards of steps whose bonuses a right outcome takes back. */
export function shapedBonuses(
  bonuses: readonly number[],
  outcome: number,
  { bonus, discount, right }: BonusOptions,
): Float32Array {
  const given = bonuses.reduce((sum, b) => sum / discount + b, 0) // as much is it worth at the end
  const rewards_S = Float32Array.from(bonuses, b => bonus * b)
  if (rewards_S.length > 0)
    rewards_S[rewards_S.length - 1]! += right * outcome - (outcome > 0.5 ? bonus * given : 0)
  return rewards_S
}

function goalOf({ question, prompt }: Problem): string[] {
  return wordsOf(question ?? prompt)
}
