// What every labelled solution must hold to, whatever format it came from.

import { DataError } from '../../errors.ts'
import type { LabelledSolution } from '../solution.ts'

export const afterErrors = ['keep', 'unlabel', 'refuse'] as const

export interface SolutionRules {
  /** Labels after the first wrong step (below 0.5): kept, made unknown, or refused. Default 'keep'. */
  readonly afterError?: (typeof afterErrors)[number]
  /** Whether a step may be empty, or a solution without steps. Default false. */
  readonly emptySteps?: boolean
  /** Texts that no step may hold, such as what will stand between steps. Default none. */
  readonly separators?: readonly string[]
}

/** The solution by the rules; one that breaks them is a DataError that names its place, the step and the rule. */
export function checkedSolution(
  solution: LabelledSolution,
  where: string,
  { afterError = 'keep', emptySteps = false, separators = [] }: SolutionRules = {},
): LabelledSolution {
  const { steps, labels_S } = solution
  const refuse = (what: string): never => {
    throw new DataError(`${where}: ${what}`)
  }
  if (labels_S.length !== steps.length)
    refuse(`labels: ${labels_S.length} for ${steps.length} steps; expected one a step`)
  const strange = labels_S.findIndex(label => label !== null && !(label >= 0 && label <= 1))
  if (strange >= 0) refuse(`labels[${strange}]: expected 0 to 1 or null, got ${labels_S[strange]}`)
  if (!emptySteps) {
    if (steps.length === 0) refuse('steps: there is none')
    const empty = steps.findIndex(step => step.trim() === '')
    if (empty >= 0) refuse(`steps[${empty}]: is empty; allow empty steps, or leave the row out`)
  }
  steps.forEach((step, s) => {
    const held = separators.find(separator => step.includes(separator))
    if (held !== undefined) refuse(`steps[${s}]: holds the separator ${JSON.stringify(held)}`)
  })
  return afterFirstError(solution, afterError, refuse)
}

function afterFirstError(
  solution: LabelledSolution,
  rule: (typeof afterErrors)[number],
  refuse: (what: string) => never,
): LabelledSolution {
  const { labels_S } = solution
  const first = labels_S.findIndex(label => label !== null && label < 0.5)
  const late = first < 0 ? -1 : labels_S.findIndex((label, s) => s > first && label !== null)
  if (late < 0 || rule === 'keep') return solution
  if (rule === 'refuse')
    refuse(`labels[${late}]: is a label after the first wrong step, ${first}; expected none`)
  return { ...solution, labels_S: labels_S.map((label, s) => (s > first ? null : label)) }
}
