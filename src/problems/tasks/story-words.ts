// The words of the stories: few, since small models have to learn them all.

export const names = ['Ann', 'Ben', 'Eva', 'Leo', 'Mia', 'Sam', 'Tom', 'Zoe'] as const
export const currencies = ['dollars', 'cents'] as const

/** What is bought by the piece. */
export const items = [
  ...['bags', 'bats', 'caps', 'cups', 'hats', 'maps'],
  ...['mats', 'nuts', 'pens', 'pies', 'pots', 'tops'],
] as const

/** What is sold in one unit and priced in a smaller one, of which the first holds so many. */
export interface Good {
  readonly name: string
  readonly large: string
  readonly small: string
  readonly factor: number
}

const liquids = ['milk', 'oil'] as const
const lengths = ['rope', 'wire'] as const
const liquid = liquids.flatMap(name => [
  { name, large: 'quarts', small: 'pints', factor: 2 },
  { name, large: 'gallons', small: 'quarts', factor: 4 },
])
const long = lengths.flatMap(name => [
  { name, large: 'yards', small: 'feet', factor: 3 },
  { name, large: 'feet', small: 'inches', factor: 12 },
])
export const goods: readonly Good[] = [...liquid, ...long]

export const daysOfWeek = 7

/** Units that a result can be given in, and what people multiply by to convert. */
export const units: readonly string[] = [
  ...currencies,
  ...new Set(goods.flatMap(({ large, small }) => [large, small])),
  'days',
]
export const factors: readonly number[] = [...goods.map(({ factor }) => factor), daysOfWeek, 10]

/** Ways to say that somebody buys something at a rate. */
export const purchases: readonly ((who: string, what: string, rate: string) => string)[] = [
  (who, what, rate) => `${who} buys ${what} at ${rate}.`,
  (who, what, rate) => `${who} buys ${what}. The price is ${rate}.`,
  (who, what, rate) => `${who} gets ${what} for ${rate}.`,
]

/** Sentences whose number nothing needs. */
export const asides: readonly ((who: string, other: string, item: string, n: number) => string)[] =
  [
    (_, other, item, n) => `${other} has ${n} ${item}.`,
    (who, _, __, n) => `${who} is ${n} years old.`,
    (_, __, item, n) => `The shop has ${n} ${item}.`,
    (_, other, item, n) => `${other} buys ${n} ${item}.`,
  ]
