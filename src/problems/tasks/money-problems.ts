// Word problems of money, one operation a step: `cost of pens: 3*4=12 dollars`. They hold numbers that nothing needs and
// units that must be converted, so that a step can be well computed and still be wrong.

import { pick } from '../../numbers/random.ts'
import { asMistake } from './mistakes.ts'
import {
  advanceSolving,
  type Progress,
  pending,
  planText,
  readPlan,
  rightSolving,
  sheetKindOf,
  startSheet,
} from './sheet.ts'
import { sheetMistakes } from './sheet-mistakes.ts'
import { storyProblem } from './story-problem.ts'
import { byRule, type StepRule, type TaskFamily } from './task.ts'

const name = 'money-problems'

const rule: StepRule<Progress> = {
  start: startSheet,
  advance: (state, step) =>
    readPlan(step) === null ? advanceSolving(state, step) : { wrong: 'only plans' },
  right: rightSolving,
  kindOf: sheetKindOf,
}

/** A plan where work is due: here a step computes, or it is none. */
const planOnly = asMistake<Progress>('plan', (state, random) => {
  const left = pending(state)
  return left.length === 0 ? null : planText(pick(random, left).name)
})

/** Word problems of prices, units, payment and change, with distractors, solved one operation a step. */
export const moneyProblems: TaskFamily = {
  name,
  generate: (random, difficulty) => storyProblem(name, random, difficulty, work => [work]),
  ...byRule(rule, [...sheetMistakes, planOnly]),
}
