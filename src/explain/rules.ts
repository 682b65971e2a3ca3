// The rules of credit and the baselines that can be put in the place of those of a run, by the names of their formulas.

import { eq7 } from '../advantages/eq7.ts'
import { groupMean } from '../advantages/group-mean.ts'
import { groupNorm } from '../advantages/group-norm.ts'
import { leaveOneOut } from '../advantages/leave-one-out.ts'
import { none } from '../advantages/none.ts'
import { openrlhfStep } from '../advantages/openrlhf-step.ts'
import { openrlhfToken } from '../advantages/openrlhf-token.ts'
import { verl } from '../advantages/verl.ts'
import { klToCome } from '../credit/kl-to-come.ts'
import { mean } from '../credit/mean.ts'
import { outcome } from '../credit/outcome.ts'
import { potential } from '../credit/potential.ts'
import { softMin } from '../credit/soft-min.ts'
import type { Rule } from '../credit/streams.ts'
import { suffixMin } from '../credit/suffix-min.ts'
import { sum } from '../credit/sum.ts'
import { worstStep } from '../credit/worst-step.ts'
import type { Baseline, Formula, Rewards } from '../method.ts'

/** A rule by its name, and what it is built with. */
export interface Choice {
  readonly rule: string
  readonly options: Readonly<Record<string, number>>
}

/** A number that a rule is built with. */
export interface RuleOption {
  readonly name: string
  readonly usual: number
  readonly min: number
  readonly max: number
}

interface Known<T> {
  readonly options: readonly RuleOption[]
  readonly make: (options: Readonly<Record<string, number>>) => T
}

type CreditRule = Rule<Required<Rewards>>
type Reads = 'steps_G_S' | 'outcome_G' | 'logRatios_G_T'

const discount: RuleOption = { name: 'discount', usual: 1, min: 0, max: 1 }
const temperature: RuleOption = { name: 'temperature', usual: 0.1, min: 1e-3, max: 100 }
const coefficient: RuleOption = { name: 'coefficient', usual: 0.001, min: 0, max: 10 }
const maxTokens: RuleOption = { name: 'maxTokens', usual: 1024, min: 1, max: 1e7 }
const epsilon: RuleOption = { name: 'epsilon', usual: 1e-6, min: 1e-12, max: 10 }

const credits: Readonly<Record<string, Known<CreditRule> & { readonly reads: Reads }>> = {
  'soft minimum': steps(o => softMin({ temperature: o.temperature! }), temperature),
  'worst step': steps(worstStep),
  'worst to come': steps(suffixMin),
  'sum to come': steps(o => sum({ discount: o.discount! }), discount),
  'mean of the steps': steps(mean),
  potential: steps(o => potential({ discount: o.discount! }), discount),
  outcome: { reads: 'outcome_G', options: [], make: outcome },
  'KL to come': {
    reads: 'logRatios_G_T',
    options: [coefficient],
    make: o => klToCome({ coefficient: o.coefficient! }),
  },
}

function steps(make: Known<CreditRule>['make'], ...options: readonly RuleOption[]) {
  return { reads: 'steps_G_S' as const, options, make }
}

const baselines: Readonly<Record<string, Known<Baseline>>> = {
  'no baseline': { options: [], make: none },
  'mean of the group': { options: [], make: groupMean },
  'leave one out': { options: [], make: leaveOneOut },
  'normal in the group': { options: [epsilon], make: o => groupNorm({ epsilon: o.epsilon! }) },
  'tokens to come': { options: [maxTokens], make: o => eq7({ maxTokens: o.maxTokens! }) },
  'mean of summed returns': { options: [maxTokens], make: o => verl({ maxTokens: o.maxTokens! }) },
  'content to come': { options: [], make: openrlhfToken },
  'steps to come': { options: [], make: openrlhfStep },
}

/** The rules of credit that read what these rewards have. */
export function creditNames(rewards: Rewards): string[] {
  return Object.keys(credits).filter(name => {
    const read: readonly unknown[] | undefined = rewards[credits[name]!.reads]
    return read?.some(one => one !== null) ?? false
  })
}

export const baselineNames: readonly string[] = Object.keys(baselines)

/** What a rule or a baseline is built with. */
export function optionsOf(rule: string): readonly RuleOption[] {
  return (credits[rule] ?? baselines[rule])?.options ?? []
}

/** A rule with its usual options, and the length that answers may have where it asks for that. */
export function usualChoice(rule: string, length: number): Choice {
  const of = ({ name, usual }: RuleOption) => [name, name === 'maxTokens' ? length : usual]
  return { rule, options: Object.fromEntries(optionsOf(rule).map(of)) }
}

/** The choice that a formula is of; null where it is none that is known here. */
export function choiceOf(formula: Formula | undefined): Choice | null {
  if (formula === undefined || !(formula.name in credits || formula.name in baselines)) return null
  const { name: rule, options = {} } = formula
  return { rule, options }
}

/** Throws RangeError for options that the rule refuses. */
export function creditBy({ rule, options }: Choice): CreditRule {
  return credits[rule]!.make(options)
}

/** Throws RangeError for options that the baseline refuses. */
export function baselineBy({ rule, options }: Choice): Baseline {
  return baselines[rule]!.make(options)
}
