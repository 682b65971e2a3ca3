// Word problems of money in which a step that says what to find goes before the step that finds it: `Find the cost of
// pens.` A plan of what is still to be found is right, and stays right however often it is said; so plans alone collect
// credit wherever credit is a sum, and never reach the answer (PURE, arXiv:2504.15275, section 5: only thinking).

import { pick } from '../../numbers/random.ts'
import { asMistake } from './mistakes.ts'
import {
  advanceSolving,
  askedFor,
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
import { type Advance, byRule, type StepRule, type TaskFamily } from './task.ts'

const name = 'plan-and-solve'

const rule: StepRule<Progress> = {
  start: startSheet,
  advance(state, step) {
    const planned = readPlan(step)
    return planned === null ? advanceSolving(state, step) : advancePlanning(state, planned)
  },
  right(state) {
    const plans = pending(state).map(one => planText(one.name))
    return state.known.has(askedFor(state.sheet).name)
      ? rightSolving(state)
      : [...plans, ...rightSolving(state)]
  },
  kindOf: sheetKindOf,
}

/** A plan is right if it names what is needed and not found yet, in any order, as a human labeller would say. */
function advancePlanning(state: Progress, planned: string): Advance<Progress> {
  if (state.known.has(planned)) return { wrong: 'no progress' }
  if (!state.values.has(planned)) return { wrong: 'not needed' }
  const next = { ...state, planned: new Set([...state.planned, planned]) }
  return state.planned.has(planned) ? { next, why: 'repeats' } : { next }
}

/** A plan of what is found already, of what nothing needs, or of nothing in particular. */
const idlePlan = asMistake<Progress>('plan', ({ sheet, known }, random) =>
  planText(pick(random, [...known, ...sheet.unneeded.names, 'answer'])),
)

/** Word problems as those of money, solved by planning and doing one operation after the other. */
export const planAndSolve: TaskFamily = {
  name,
  generate: (random, difficulty) =>
    storyProblem(name, random, difficulty, (work, found) => [planText(found.name), work]),
  ...byRule(rule, [...sheetMistakes, idlePlan]),
}
