// `minform credit`: the pure stages on worked examples. It runs the very rules that training runs, so that
// credit can be checked by hand, or against another implementation.

import { defineCommand } from 'citty'
import { z } from 'zod'
import { parseRow } from '../data/row.ts'
import { DataError } from '../errors.ts'
import type { Advantages, Baseline, Outcome, StepRewards } from '../method.ts'
import { advantages, credit } from '../stages.ts'
import type { Group, Json, Rollout } from '../types.ts'
import { numberFlag } from './flags.ts'
import { skipBadArgs, writeEach } from './io.ts'

const forms = {
  'soft-min': (temperature: number) => credit.softMin({ temperature }),
  'worst-step': () => credit.worstStep(),
  'suffix-min': () => credit.suffixMin(),
  sum: () => credit.sum(),
  mean: () => credit.mean(),
}

/** Process and outcome baseline of each published estimator. */
const baselines = {
  eq7: (maxTokens: number) => [advantages.eq7({ maxTokens }), advantages.leaveOneOut()],
  verl: (maxTokens: number) => [advantages.verl({ maxTokens }), advantages.verl({ maxTokens })],
  'openrlhf-token': () => [advantages.openrlhfToken(), advantages.leaveOneOut()],
  'openrlhf-step': () => [advantages.openrlhfStep(), advantages.leaveOneOut()],
  none: () => [advantages.none(), advantages.none()],
} satisfies Record<string, (maxTokens: number) => readonly Baseline[]>

const sources = { prm: ['process'], vr: ['outcome'], 'prm+vr': ['process', 'outcome'] } as const

type Rule = credit.Rule<Outcome & StepRewards>
type StreamName = 'process' | 'outcome'

export interface CreditOptions {
  readonly form?: keyof typeof forms
  readonly temperature?: number
  readonly rewards?: keyof typeof sources
  readonly advantage?: keyof typeof baselines
  readonly whiten?: boolean
  readonly maskClosing?: boolean
}

const rolloutRow = z.object({
  stepRewards: z.array(z.number()).optional(),
  stepLengths: z.array(z.int().min(1)),
  outcome: z.number().nullish(),
})
const groupRow = z.object({ rollouts: z.array(rolloutRow), maxTokens: z.int().min(1) })
type GroupRow = z.infer<typeof groupRow>

/** The advantages of one group, one number a token; whitening spans the group. */
export function creditRow(value: unknown, where: string, options: CreditOptions = {}): number[][] {
  const row = parseRow(groupRow, value, where)
  const { form = 'soft-min', temperature = 0.1, rewards = 'prm+vr', advantage = 'eq7' } = options
  const names: readonly StreamName[] = sources[rewards]
  checkRow(row, where, names.includes('process'))
  const [process, outcome] = baselines[advantage](row.maxTokens)
  const rules = { process: forms[form](temperature), outcome: credit.outcome() } as const
  const parts = {
    process: { baseline: process, weight: 1 },
    outcome: { baseline: outcome, weight: 1 },
  }
  const whitening = advantage === 'verl' ? 'verl' : 'openrlhf'
  const group = toGroup(row)
  // The names are chosen at run time, so that the types of the streams are not known.
  const credited = credit.streams(only<Rule>(names, rules))
  const combined: Advantages = advantages.combine(only(names, parts), {
    maskClosing: options.maskClosing ?? false,
    whiten: options.whiten ? whitening : 'none',
  })
  const rewarded = toRewards(row)
  const { advantages_P_G_T } = combined({
    groups_P: [group],
    rewards_P: [rewarded],
    streams_P: [credited(group, rewarded)],
  })
  const advantages_G_T = advantages_P_G_T[0].map(advantages_T => [...advantages_T])
  if (!advantages_G_T.flat().every(Number.isFinite))
    throw new DataError(`${where}: rollouts: rewards too large for finite 32-bit advantages`)
  return advantages_G_T
}

function only<T>(names: readonly StreamName[], table: Record<StreamName, T>): Record<string, T> {
  return Object.fromEntries(names.map(name => [name, table[name]]))
}

function checkRow({ rollouts, maxTokens }: GroupRow, where: string, process: boolean): void {
  for (const [g, { stepRewards, stepLengths }] of rollouts.entries()) {
    const steps = stepLengths.length
    const found = stepRewards?.length ?? 0
    if ((process || stepRewards !== undefined) && found !== steps)
      throw new DataError(
        `${where}: rollouts[${g}].stepRewards: ${found} rewards for the ${steps} steps of stepLengths`,
      )
    const tokens = sumOf(stepLengths)
    if (tokens > maxTokens)
      throw new DataError(
        `${where}: rollouts[${g}].stepLengths: ${tokens} tokens, more than maxTokens ${maxTokens}`,
      )
  }
}

function toRewards({ rollouts }: GroupRow): Outcome & StepRewards {
  return {
    outcome_G: rollouts.map(r => r.outcome ?? null),
    steps_G_S: rollouts.map(r => Float32Array.from(r.stepRewards ?? [])),
  }
}

function toGroup({ rollouts }: GroupRow): Group {
  const problem = { id: '', prompt: '', answer: null, solution: null, meta: {} }
  return { problem, rollouts: rollouts.map(r => toRollout(r.stepLengths)) }
}

/** A rollout of the given steps, with nothing in its tokens. */
function toRollout(stepLengths: readonly number[]): Rollout {
  const tokens = sumOf(stepLengths)
  const zeros_T = new Float32Array(tokens)
  let end = 0
  const steps = stepLengths.map(length => {
    end += length
    return { start: end - length, end, text: '', state: 'complete' } as const
  })
  return {
    promptIds: new Int32Array(0),
    ids: new Int32Array(tokens),
    logprobs_T: zeros_T,
    sampledLogprobs_T: zeros_T,
    stop: 'stop',
    weightVersion: 0,
    text: '',
    steps,
    spans: [{ start: 0, end: tokens, role: 'policy' }],
    branch: null,
  }
}

function sumOf(xs: readonly number[]): number {
  return xs.reduce((a, b) => a + b, 0)
}

const names = <T extends object>(table: T) => Object.keys(table) as (keyof T & string)[]

export default defineCommand({
  meta: {
    name: 'credit',
    description: 'Turns step rewards and outcomes of groups into an advantage for every token',
  },
  args: {
    file: {
      type: 'positional',
      required: false,
      description:
        'one group a line: {rollouts: [{stepRewards, stepLengths, outcome}], maxTokens}; else standard input',
    },
    form: {
      type: 'enum',
      options: names(forms),
      default: 'soft-min',
      description: 'how steps are credited',
    },
    temperature: {
      type: 'string',
      valueHint: 'number',
      default: '0.1',
      description: 'of soft-min',
    },
    rewards: {
      type: 'enum',
      options: names(sources),
      default: 'prm+vr',
      description: 'step rewards (prm), outcomes (vr) or both',
    },
    advantage: {
      type: 'enum',
      options: names(baselines),
      default: 'eq7',
      description: 'the baseline; none gives returns',
    },
    whiten: {
      type: 'boolean',
      default: false,
      description:
        'mean 0 and deviation 1 within a group, as verl does for verl, else as OpenRLHF does',
    },
    maskClosing: {
      type: 'boolean',
      default: false,
      description: "0 at every step's closing token",
    },
    ...skipBadArgs,
  },
  async run({ args }) {
    const { file, form, rewards, advantage, whiten, maskClosing } = args
    const temperature = numberFlag('--temperature', args.temperature, { min: 1e-6 })
    const options = { form, temperature, rewards, advantage, whiten, maskClosing }
    const advantagesOf = (value: Json, where: string) => ({
      advantages: creditRow(value, where, options),
    })
    await writeEach(file, advantagesOf, { skipBad: args.skipBad === true })
  },
})
