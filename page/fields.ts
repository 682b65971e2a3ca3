// The numbers that tokens are coloured by.

import type { GroupAnswer, RolloutAnswer } from '../src/view/api.ts'

/** A number of each token of each rollout of a group, and how it is coloured. */
export interface Field {
  readonly name: string
  readonly about: string
  /** around: from below 0 to above it; up: from nothing to much; kinds: the numbers are places in `kinds`. */
  readonly scale: 'around' | 'up' | 'kinds'
  readonly kinds?: readonly string[]
  readonly values_G_T: readonly (readonly (number | null)[] | null)[]
}

const rewardNames: Readonly<Record<string, [string, Field['scale'], string]>> = {
  log_ratios: ['KL', 'around', 'log p of the policy less log p of the reference'],
  entropies: ['entropy', 'up', 'of what predicted the token, in nats'],
  values: ['value', 'around', 'what the critic expected before the token'],
  tokens: ['token reward', 'around', 'what the token was rewarded with'],
}

/** What the tokens of a group can be coloured by, the advantage first. */
export function fieldsOf(answer: GroupAnswer): Field[] {
  const { rollouts } = answer
  const names = [...new Set(rollouts.flatMap(({ tokens_T }) => Object.keys(tokens_T)))]
  const recorded = (name: string): Field['values_G_T'] =>
    rollouts.map(({ tokens_T }) => tokens_T[name] ?? null)
  const fields: Field[] = [
    {
      ...{ name: 'advantage', scale: 'around', about: 'as it was recorded' },
      values_G_T: recorded('advantages'),
    },
    ...names.flatMap((name): Field[] => {
      const stream = /^return (.*)$/s.exec(name)?.[1]
      if (stream === undefined) return []
      const about = `what the ${stream} stream credits the token with`
      return [{ name: `credit: ${stream}`, scale: 'around', about, values_G_T: recorded(name) }]
    }),
    {
      ...{ name: 'step score', scale: 'around', about: "the judge's score of the token's step" },
      values_G_T: rollouts.map(scoresOf),
    },
    {
      ...{ name: 'surprise', scale: 'up', about: 'minus log p of the token under the policy' },
      values_G_T: recorded('logprobs').map(xs => xs?.map(x => (x === null ? null : -x)) ?? null),
    },
    {
      ...{ name: 'ratio', scale: 'around' },
      about:
        'log p of the policy less log p of what was sampled from, after temperature and filters',
      values_G_T: rollouts.map(({ tokens_T: { logprobs, sampledLogprobs } }) =>
        logprobs && sampledLogprobs ? logprobs.map((x, t) => less(x, sampledLogprobs[t]!)) : null,
      ),
    },
    ...names.flatMap((name): Field[] => {
      const reward = /^reward (.*)$/s.exec(name)?.[1]
      if (reward === undefined) return []
      const [shown, scale, about] = rewardNames[reward] ?? [reward, 'around', 'a recorded reward']
      return [{ name: shown, scale, about, values_G_T: recorded(name) }]
    }),
    oracleOf(rollouts),
    maskOf(answer),
    originOf(rollouts),
  ]
  return fields.filter(({ values_G_T }) => values_G_T.some(xs => xs?.some(x => x !== null)))
}

function less(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a - b
}

function scoresOf({ steps, stepScores, tokens }: RolloutAnswer): (number | null)[] | null {
  if (stepScores === null) return null
  const scores_T: (number | null)[] = new Array(tokens).fill(null)
  for (const [s, { start, end }] of steps.entries())
    scores_T.fill(stepScores[s] ?? null, start, end)
  return scores_T
}

function oracleOf(rollouts: readonly RolloutAnswer[]): Field {
  return {
    ...{ name: 'oracle', scale: 'kinds', about: "what the task's oracle says of the token's step" },
    kinds: ['right', 'wrong', 'disputed: the judge scores it otherwise'],
    values_G_T: rollouts.map(({ steps, stepLabels, stepScores, tokens }) => {
      if (stepLabels === null) return null
      const kinds_T: (number | null)[] = new Array(tokens).fill(null)
      for (const [s, { start, end }] of steps.entries()) {
        const [label, score] = [stepLabels[s] ?? null, stepScores?.[s] ?? null]
        if (label === null) continue
        const isDisputed = score !== null && score > 0 !== label
        kinds_T.fill(isDisputed ? 2 : Number(!label), start, end)
      }
      return kinds_T
    }),
  }
}

function maskOf({ rollouts, replay }: GroupAnswer): Field {
  const kinds = ['trained', 'masked: the token that closes a step', 'not learned from']
  return {
    ...{ name: 'mask', scale: 'kinds', about: 'whether the token trained the policy', kinds },
    values_G_T: rollouts.map(({ tokens, learned }, g) =>
      Array.from({ length: tokens }, (_, t) => {
        if (!learned) return 2
        return replay?.masked_G_T?.[g]?.[t] === 1 ? 1 : 0
      }),
    ),
  }
}

const roles = ['policy', 'tool', 'hint', 'shared with its parent', 'replayed']

function originOf(rollouts: readonly RolloutAnswer[]): Field {
  return {
    ...{ name: 'origin', scale: 'kinds', about: 'who wrote the token', kinds: roles },
    values_G_T: rollouts.map(({ tokens, spans, branch, origin }) => {
      const roles_T: number[] = new Array(tokens).fill(origin === 'replay' ? 4 : 0)
      for (const { role, start, end } of spans)
        if (role !== 'policy') roles_T.fill(Math.max(roles.indexOf(role), 1), start, end)
      return branch === null ? roles_T : roles_T.fill(3, 0, branch.atToken)
    }),
  }
}

/** The size that has the deepest colour: of a hundred numbers one may be larger, so that one alone does not pale the rest. */
export function reachOf(fields_G_T: readonly Field['values_G_T'][]): number {
  const sizes = fields_G_T
    .flat()
    .flatMap(xs => xs?.flatMap(x => (x === null || !Number.isFinite(x) ? [] : Math.abs(x))) ?? [])
  if (sizes.length === 0) return 1
  const sorted = Float64Array.from(sizes).sort()
  return sorted[Math.floor(0.99 * (sorted.length - 1))]! || sorted.at(-1)! || 1
}

export const depths = 8 // of a colour

/** The colour of a number, as the name of a class: p1 to p8 above 0, n1 to n8 below, u of what only grows, k of kinds. */
export function classOf(scale: Field['scale'], reach: number, value: number | null): string {
  if (value === null) return ''
  if (Number.isNaN(value)) return 'nan'
  if (scale === 'kinds') return `k${value}`
  const depth = Math.min(depths, Math.ceil((depths * Math.abs(value)) / reach - 1e-9))
  if (depth === 0) return ''
  return `${scale === 'up' ? 'u' : value < 0 ? 'n' : 'p'}${depth}`
}
