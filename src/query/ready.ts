// Questions by name. A step or an answer is right by its judge where the score is above 0, and by the grader above 0.5, as the
// metrics count it.

/** A question that has a name. */
export interface ReadyQuestion {
  readonly about: string
  readonly sql: string
}

const rollout = 'address, problem, answer, tokens, outcome, worst_step, advantage, text'

export const readyQuestions = {
  'longest-right': {
    about: 'right answers, the longest first',
    sql: `select ${rollout} from rollouts where outcome > 0.5 order by tokens desc, address limit 20`,
  },
  'rewarded-but-wrong': {
    about: 'wrong answers that the policy was taught to give more often, the most rewarded first',
    sql: `select ${rollout} from rollouts where outcome <= 0.5 and learned and advantage > 0
      order by advantage desc, address limit 20`,
  },
  'punished-but-right': {
    about: 'right answers that the policy was taught to give less often',
    sql: `select ${rollout} from rollouts where outcome > 0.5 and learned and advantage < 0
      order by advantage, address limit 20`,
  },
  'empty-steps': {
    about: 'steps without text, the best scored first',
    sql: `select address, step, score, advantage, outcome from steps where state = 'empty'
      order by score desc nulls last, address limit 50`,
  },
  disputed: {
    about:
      "answers of which the judge's worst step says right and the grader wrong, or the reverse",
    sql: `select ${rollout} from rollouts where (worst_step > 0) <> (outcome > 0.5)
      order by abs(worst_step) desc, address limit 20`,
  },
  'disputed-steps': {
    about:
      'steps that the judge scores above 0 and the oracle of the task calls wrong, or the reverse',
    sql: `select address, step, score, label, advantage, outcome, text from steps where (score > 0) <> label
      order by abs(score) desc, address limit 20`,
  },
  'cut-off': {
    about: 'answers that ran out of tokens, those that ended right first',
    sql: `select ${rollout} from rollouts where stop = 'length' order by outcome desc nulls last, address limit 20`,
  },
  'worst-steps': {
    about: 'steps that the judge scored lowest',
    sql: `select address, step, score, advantage, outcome, text from steps where score is not null
      order by score, address limit 20`,
  },
  'by-iteration': {
    about: 'a line an iteration of each run: rollouts, share of right ones, tokens, empty steps',
    sql: `select run, iteration, count(*) as rollouts, avg((outcome > 0.5)::int) as right_share, avg(tokens) as tokens,
      avg(worst_step) as worst_step, avg((stop = 'length')::int) as cut_off_share
      from rollouts group by run, iteration order by run, iteration`,
  },
} as const satisfies Readonly<Record<string, ReadyQuestion>>

export type ReadyName = keyof typeof readyQuestions

/** The names of the questions. */
export const readyNames = Object.keys(readyQuestions) as readonly ReadyName[]
