// The rules of credit and the baselines that can be put in the place of those of a run, by the names of their formulas: whatever the
// folders of these stages export that says how it is tried.

import * as advantages from '../advantages/index.ts'
import * as credit from '../credit/index.ts'
import type { Rule } from '../credit/streams.ts'
import type { Baseline, Formula, Given, Rewards, Settings, Trial } from '../method.ts'
import type { Group } from '../types.ts'

/** A rule by its name, and what it is built with. */
export interface Choice {
  readonly rule: string
  readonly options: Settings
}

/** A rule that cannot be taken, and why. */
export interface Refused {
  readonly rule: string
  readonly why: string
}

/** The rules that a group can be credited by, and those that it cannot. */
export interface Offered {
  readonly rules: readonly string[]
  readonly refused: readonly Refused[]
}

type CreditRule = Rule<Required<Rewards>>
type Told = { readonly formula?: Formula }
type Factory = ((settings: Settings) => unknown) & { readonly trial: Trial<unknown> }

interface Known<T> {
  readonly trial: Trial<unknown>
  readonly make: (settings: Settings) => T
}
interface Folder<T> {
  readonly known: ReadonlyMap<string, Known<T>> // by the names of their formulas
  readonly refused: readonly Refused[]
}

const nothingGiven: Given = { parts: [], maxTokens: 1 }
const credits = folderOf<CreditRule>(credit)
const baselines = folderOf<Baseline>(advantages)

function folderOf<T extends Told>(index: object): Folder<T> {
  const all = Object.entries(index).filter((one): one is [string, Factory] => isTried(one[1]))
  const [not, tried] = [true, false].map(is =>
    all.filter(([, { trial }]) => (trial.not !== undefined) === is),
  )
  const known = tried!.map(([name, factory]): [string, Known<T>] => {
    const { trial } = factory
    const make = (trial.build ?? factory) as Known<T>['make']
    return [make(trial.usual?.(nothingGiven) ?? {}).formula?.name ?? name, { trial, make }]
  })
  const refused = not!.map(([name, { trial }]) => ({ rule: spaced(name), why: trial.not! }))
  return { known: new Map(known), refused }
}

function isTried(exported: unknown): exported is Factory {
  return typeof exported === 'function' && 'trial' in exported
}

function spaced(name: string): string {
  return name.replaceAll(/[A-Z]/g, letter => ` ${letter.toLowerCase()}`)
}

/** The baselines that can be taken, and the stages of a whole batch, which cannot. */
export const offeredBaselines: Offered = {
  rules: [...baselines.known.keys()],
  refused: baselines.refused,
}

/** The rules that credit some rollout of a group from what was recorded, by trying each; and what the others lack. */
export function offeredCredits(group: Group, rewards: Rewards, given: Given): Offered {
  const tried = [...credits.known.keys()].map(rule => {
    const { read, seen } = watched(rewards)
    let found: string | null = null
    try {
      const returns_G = creditBy(usualChoice(rule, given))(group, seen as Required<Rewards>)
      if (returns_G.some(returns_T => returns_T !== null)) return { rule, why: null }
    } catch (cause) {
      found = (cause as Error).message
    }
    const lacks = [...read].filter(name => !isKnown(rewards, name)).map(name => words[name] ?? name)
    const why = lacks.length > 0 ? `the group has no ${lacks.join(', and no ')}` : found
    return { rule, why: why ?? 'it credits no rollout of the group' }
  })
  return {
    rules: tried.flatMap(({ rule, why }) => (why === null ? [rule] : [])),
    refused: [
      ...tried.flatMap(({ rule, why }) => (why === null ? [] : [{ rule, why }])),
      ...credits.refused,
    ],
  }
}

const words: Readonly<Record<string, string>> = {
  outcome_G: 'outcomes',
  steps_G_S: 'scores of steps',
  logRatios_G_T: 'log-ratios to the reference',
  values_G_T: 'values of a critic',
  tokens_G_T: 'rewards of tokens',
  entropies_G_T: 'entropies',
}

/** Rewards that tell which of them were read, parts by their names. */
function watched(rewards: Rewards) {
  const read = new Set<string>()
  const seen = <T extends object>(of: T, called: (name: string) => string): T =>
    new Proxy(of, {
      get: (from, name) => {
        if (typeof name === 'symbol') return Reflect.get(from, name)
        if (name !== 'parts_G') read.add(called(name))
        return Reflect.get(from, name)
      },
    })
  const parts_G = seen(rewards.parts_G ?? {}, name => (name === '' ? 'named part' : `part ${name}`))
  return { read, seen: seen({ ...rewards, parts_G }, name => name) }
}

function isKnown({ parts_G, ...others }: Rewards, name: string): boolean {
  const own = name.startsWith('part ')
    ? parts_G?.[name.slice('part '.length)]
    : others[name as keyof typeof others]
  return own?.some(one => one !== null) ?? false
}

/** A rule with its usual settings. */
export function usualChoice(rule: string, given: Given): Choice {
  const { trial, make } = knownBy(rule)
  return { rule, options: make(trial.usual?.(given) ?? {}).formula?.options ?? {} }
}

/** The words that a setting of a rule may be; null where it is a number, or any text. */
export function wordsOf(rule: string, setting: string, { parts }: Given): readonly string[] | null {
  const found = knownBy(rule).trial.choices?.[setting] ?? null
  return found === 'parts' ? parts : found
}

/** The choice that a formula is of; null where it is none that is known here. */
export function choiceOf(formula: Formula | undefined): Choice | null {
  if (formula === undefined) return null
  const { name: rule, options = {} } = formula
  return credits.known.has(rule) || baselines.known.has(rule) ? { rule, options } : null
}

/** Throws RangeError for options that the rule refuses. */
export function creditBy({ rule, options }: Choice): CreditRule {
  return credits.known.get(rule)!.make(options)
}

/** Throws RangeError for options that the baseline refuses. */
export function baselineBy({ rule, options }: Choice): Baseline {
  return baselines.known.get(rule)!.make(options)
}

function knownBy(rule: string): Known<Told> {
  return (credits.known.get(rule) ?? baselines.known.get(rule))!
}
