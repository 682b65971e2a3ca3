// The sentences of a story, each with the quantities that it takes.

import { below, pick, type Random } from '../../numbers/random.ts'
import {
  amount,
  numberOf,
  type Operand,
  type Operator,
  oneOf,
  operate,
  type Sheet,
} from './sheet.ts'
import { daysOfWeek, type Good, purchases } from './story-words.ts'

/** How large the numbers are and how long the stories. */
export interface Level {
  readonly max: number // largest number that is written or found
  readonly count: number // most pieces of one purchase
  readonly price: number // highest price of a piece
  readonly operations: readonly number[]
  readonly asides: readonly number[]
}

/** What a story is told with, and the quantities found so far with their values. */
export interface Telling {
  readonly random: Random
  readonly level: Level
  readonly who: string
  readonly unit: string // of money
  readonly quantities: Sheet['quantities']
  readonly values: Map<string, number>
}

/** A sentence, and the name of the quantity that it leads to. */
export interface Told {
  readonly text: string
  readonly name: string
}

/** Notes a quantity of money, or of another unit, and gives its name. */
export function note(
  { quantities, values, unit }: Telling,
  name: string,
  operator: Operator,
  left: Operand,
  right: Operand,
  ofUnit = unit,
): string {
  quantities.push({ name, unit: ofUnit, operator, left, right })
  values.set(name, operate(numberOf(values, left), operator, numberOf(values, right)))
  return name
}

/** Whether all quantities are whole, at least 1 and within the level. */
export function fits({ values, level }: Telling): boolean {
  return [...values.values()].every(v => Number.isInteger(v) && v >= 1 && v <= level.max)
}

/** A price of one that keeps the price of all within the level, where there is one. */
function priceFor({ random, level, values }: Telling, pieces: Operand): number {
  const most = Math.floor(level.max / numberOf(values, pieces))
  return 1 + below(random, Math.max(1, Math.min(level.price, most)))
}

/** Somebody works for money. */
export function earn(telling: Telling, by: 'days' | 'weeks'): Told {
  const { random, who, unit } = telling
  const count = 2 + below(random, 6)
  const days = by === 'days' ? count : note(telling, 'time', '*', count, daysOfWeek, 'days')
  const rate = priceFor(telling, days)
  const name = note(telling, 'wage', '*', days, rate)
  const text = `${who} works ${count} ${by} for ${amount(rate, unit)} per day.`
  return { text, name }
}

/** Somebody buys things by the piece. */
export function buyPieces(telling: Telling, item: string): Told {
  const { random, level, who, unit } = telling
  const count = 2 + below(random, level.count - 1)
  const price = priceFor(telling, count)
  const name = note(telling, `cost of ${item}`, '*', count, price)
  const text = pick(random, purchases)(who, `${count} ${item}`, `${amount(price, unit)} each`)
  return { text, name }
}

/** Somebody buys a good in another unit than the one that is priced. */
export function buyGood(telling: Telling, { name: good, large, small, factor }: Good): Told {
  const { random, level, who, unit } = telling
  const count = 2 + below(random, Math.min(level.count, 6) - 1)
  const found = note(telling, `${small} of ${good}`, '*', count, factor, small)
  const price = priceFor(telling, found)
  const name = note(telling, `cost of ${good}`, '*', found, price)
  const rate = `${amount(price, unit)} per ${oneOf(small)}`
  return { text: pick(random, purchases)(who, `${count} ${large} of ${good}`, rate), name }
}

/** Something makes the price lower or higher. */
export function changePrice(telling: Telling, how: 'sale' | 'tax', price: string): Told {
  const { random, unit, values } = telling
  const by = 1 + below(random, Math.max(1, Math.min(9, values.get(price)! - 1)))
  const name = note(telling, 'price', how === 'sale' ? '-' : '+', price, by)
  const what = how === 'sale' ? 'A sale takes' : 'A tax adds'
  return { text: `${what} ${amount(by, unit)}${how === 'sale' ? ' off' : ''}.`, name }
}

/** What is asked at the end of a plot: the sentences, with the quantities that it takes noted. */
export const endings = {
  total: ({ who, unit }: Telling): string => `How many ${unit} does ${who} pay?`,
  rest(telling: Telling, price: string): string {
    note(telling, 'rest', '-', 'wage', price)
    return `How many ${telling.unit} are left?`
  },
  share(telling: Telling, price: string): string {
    const { random, unit, values } = telling
    const friends = [2, 3, 4, 5, 6].filter(one => values.get(price)! % one === 0)
    const among = friends.length === 0 ? 2 : pick(random, friends)
    note(telling, 'share', '/', price, among)
    return `${among} friends share the cost. How many ${unit} does each pay?`
  },
  change(telling: Telling, price: string, notes: boolean): string {
    const { random, level, who, unit, values } = telling
    const due = values.get(price)!
    const question = `How many ${unit} come back?`
    if (!notes) {
      const paid = due + 1 + below(random, Math.max(1, level.max - due))
      note(telling, 'change', '-', paid, price)
      return `${who} pays ${amount(paid, unit)}. ${question}`
    }
    const size = pick(
      random,
      [2, 5, 10, 20].filter(one => one <= level.max / 3),
    )
    const count = Math.max(2, Math.floor(due / size) + 1 + below(random, 2))
    note(telling, 'payment', '*', count, size)
    note(telling, 'change', '-', 'payment', price)
    return `${who} pays with ${amount(count, 'notes')} of ${amount(size, unit)}. ${question}`
  },
}
