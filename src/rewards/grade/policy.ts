// What a grader lets pass. Every leniency is a switch with a name; a policy is a record of them.

export interface Policy {
  /** Where the answer of a text is looked for: its last \boxed{} alone, or wherever people write one. */
  readonly extract: 'last-box' | 'anywhere'
  /** What may be found in text that has no marker: LaTeX in its delimiters, plain numbers. */
  readonly targets: readonly ('latex' | 'number')[]
  /** Functions and constants in plain text: sqrt(2), 2*pi. */
  readonly plainText: boolean
  /** Words after a number that no \text holds, and broken commands: 5 apples, \sqrt(2). */
  readonly looseText: boolean
  /** value: 28% is 0.28. missing: where it is known, 28 is it too, as a unit may be missing. loose: 28% is 28. */
  readonly percent: 'value' | 'missing' | 'loose'
  /** ignored: 5 cm is 5 m. compatible: one may be left out; both must agree. required: both or none. */
  readonly units: 'ignored' | 'compatible' | 'required'
  /** A letter right after a number may be its unit: 10m. */
  readonly gluedUnits: boolean
  /** Lists without brackets, sets and systems; tuples always have an order. */
  readonly listOrder: 'any' | 'same'
  /** Whether an element of a list may be said twice. */
  readonly repeats: boolean
  /** Whether 2/4 is 1/2. */
  readonly unreducedFractions: boolean
  /** Whether 2 + 3, 3! or a sum may stand where the answer is a number: else a policy need not compute. */
  readonly unevaluated: boolean
  /** Digits after the point to which a decimal is compared with another number; null: exactly. */
  readonly decimals: number | null
  /** Significant digits from which a decimal is any number that rounds to it, 0.333 for 1/3 from 3; null: never. */
  readonly rounded: number | null
  /** How far numbers may lie apart besides: absolutely, or in terms of the known one. */
  readonly tolerance: { readonly absolute: number; readonly relative: number }
  /** none: x = 5 is not 5. symbol: it is. chain: so are x = 2 + 3 = 5 and 10 / 3 = 3.33. */
  readonly assignment: 'none' | 'symbol' | 'chain'
  /** Whether words and option letters are compared without regard to case. */
  readonly ignoreCase: boolean
  /** Whether (a, b) may stand for an open interval where an interval is asked for. */
  readonly tupleForInterval: boolean
  /** Whether brackets may be left out or exchanged: 1, 3 and [1, 3] and a column for (1, 3). */
  readonly looseBrackets: boolean
  /** Whether a bracket may close an interval at infinity: [2, \infty] for [2, \infty). */
  readonly closedInfinity: boolean
  /** Whether an inequality answers where an interval is asked for: it may repeat the question. */
  readonly relationForSet: boolean
  /** Whether 1,5 may be read as 1.5. */
  readonly decimalComma: boolean
}

/** For rewards: nothing that a policy could learn to exploit. */
export const reward: Policy = {
  extract: 'last-box',
  targets: ['latex'],
  plainText: true,
  looseText: false,
  percent: 'value',
  units: 'compatible',
  gluedUnits: false,
  listOrder: 'any',
  repeats: false,
  unreducedFractions: true,
  unevaluated: false,
  decimals: null,
  rounded: null,
  tolerance: { absolute: 0, relative: 0 },
  assignment: 'symbol',
  ignoreCase: true,
  tupleForInterval: true,
  looseBrackets: false,
  closedInfinity: false,
  relationForSet: false,
  decimalComma: false,
}

/** For evaluations: as lenient as Math-Verify. */
export const evaluation: Policy = {
  extract: 'anywhere',
  targets: ['latex', 'number'],
  plainText: true,
  looseText: true,
  percent: 'missing',
  units: 'compatible',
  gluedUnits: true,
  listOrder: 'any',
  repeats: true,
  unreducedFractions: true,
  unevaluated: true,
  decimals: 6,
  rounded: 3,
  tolerance: { absolute: 0, relative: 0 },
  assignment: 'chain',
  ignoreCase: true,
  tupleForInterval: true,
  looseBrackets: true,
  closedInfinity: true,
  relationForSet: false,
  decimalComma: true,
}

/** The policies that have a name. */
export const policies = { reward, eval: evaluation } as const
export type PolicyName = keyof typeof policies
