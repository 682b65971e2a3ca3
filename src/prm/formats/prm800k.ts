// PRM800K (arXiv:2305.20050): what labellers were shown at each step, how they rated it, and how they went on.

import { z } from 'zod'
import { parseRow } from '../../data/row.ts'
import { ConfigError, DataError } from '../../errors.ts'
import type { LabelledSolution } from '../solution.ts'
import {
  asProblem,
  type FormatOptions,
  hasFields,
  neutralMeanings,
  type StepFormat,
} from './format.ts'
import { stepsOf } from './solution-rows.ts'

const rated = z.object({
  text: z.string(),
  rating: z.literal([-1, 0, 1], 'expected -1, 0, 1 or null').nullable(),
})
const step = z.object({
  completions: z.array(rated).nullable(),
  // the README of the data says that it is a text; in the files it is an object
  human_completion: z.preprocess(
    value => (typeof value === 'string' ? { text: value } : value),
    z.object({ text: z.string() }).nullish(),
  ),
  chosen_completion: z.int().min(0).nullable(),
})
const row = z.object({
  question: z.object({
    problem: z.string(),
    ground_truth_answer: z.string().nullish(),
    ground_truth_solution: z.string().nullish(),
  }),
  label: z.object({ steps: z.array(step), finish_reason: z.string().nullish() }),
})
type Row = z.infer<typeof row>

interface Rated {
  readonly text: string
  readonly label: number | null
}

/** How a labeller went on at a step: by a completion, by a text of their own (-1), or not at all (null). */
interface Turn {
  readonly completions: readonly Rated[]
  readonly taken: Rated | null
  readonly index: number // of the completion that was taken
}

export const prm800k: StepFormat = {
  about: 'question, label with rated completions a step; needs what its neutral rating is',
  fits: value =>
    hasFields(value, ['question', 'label']) && hasFields(value.label, ['steps', 'finish_reason']),
  check({ neutral }) {
    if (neutral === undefined)
      throw new ConfigError(
        `PRM800K rates steps -1, 0 and 1, and readers disagree on 0; say which it is: ${neutralMeanings.join(', ')}` +
          ' (Qwen2.5-Math-7B-PRM800K takes it as positive, TRL as negative)',
      )
  },
  read(value, { where, id }, options) {
    const one = parseRow(row, value, where)
    const turns = turnsOf(one, where, options)
    const path = turns.flatMap(({ taken }) => taken ?? [])
    const kind = one.label.finish_reason ?? null
    const solution = (name: string, steps: readonly Rated[]): LabelledSolution => ({
      id: name,
      problem: problemOf(one, id),
      steps: steps.map(({ text }) => text),
      labels_S: steps.map(({ label }) => label),
      meaning: 'rightness',
      answerRight: null,
      source: 'prm800k',
      kind,
    })
    const others = turns.flatMap(({ completions, index }, s) =>
      completions.flatMap((other, c) =>
        c === index ? [] : [solution(`${id}/${s}.${c}`, [...path.slice(0, s), other])],
      ),
    )
    const whole = path.length > 0 || others.length === 0 ? [solution(id, path)] : []
    return options.alternatives ? [...whole, ...others] : [solution(id, path)]
  },
}

function problemOf({ question }: Row, id: string) {
  const { problem, ground_truth_answer, ground_truth_solution } = question
  return asProblem(id, problem, {
    answer: ground_truth_answer ?? null,
    solution: ground_truth_solution == null ? null : stepsOf(ground_truth_solution),
  })
}

/** The turns up to where the labeller went no further; the error found there, if there is one, is the last step. */
function turnsOf({ label }: Row, where: string, { neutral, human }: FormatOptions): Turn[] {
  const meanings = {
    positive: 1,
    negative: 0,
    unknown: null,
  } as const
  const labels = { '-1': 0, '0': meanings[neutral ?? 'unknown'], '1': 1 } as const
  const turns: Turn[] = []
  for (const [s, { completions, human_completion, chosen_completion }] of label.steps.entries()) {
    const known = (completions ?? []).map(({ text, rating }) => ({
      text,
      label: rating === null ? null : labels[`${rating}`],
    }))
    if (chosen_completion !== null && chosen_completion >= known.length)
      throw new DataError(
        `${where}: label.steps[${s}].chosen_completion: is ${chosen_completion}, but there are ${known.length} completions`,
      )
    const found = (completions ?? []).findIndex(({ rating }) => rating === -1)
    const written = human_completion && {
      text: human_completion.text,
      label: meanings[human ?? 'unknown'],
    }
    const ends = chosen_completion === null && !written
    const index = chosen_completion ?? (written ? -1 : found)
    turns.push({ completions: known, taken: known[index] ?? written ?? null, index })
    if (ends) break
  }
  return turns
}
