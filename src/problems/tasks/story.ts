// Stories of buying, earning and sharing, with numbers that nothing needs, and the sheet that each comes down to.

import { below, pick, type Random, shuffled } from '../../numbers/random.ts'
import type { Sheet } from './sheet.ts'
import {
  buyGood,
  buyPieces,
  changePrice,
  earn,
  endings,
  fits,
  type Level,
  note,
  type Telling,
} from './story-parts.ts'
import { asides, currencies, goods, items, names } from './story-words.ts'

/** A text to solve, and what it comes down to. */
export interface Story {
  readonly text: string
  readonly sheet: Sheet
}

/** What happens, apart from the numbers. */
interface Plot {
  readonly converted: readonly boolean[] // for each purchase, whether its unit must be converted
  readonly change: 'sale' | 'tax' | null // of the price
  readonly wage: 'days' | 'weeks' | null
  readonly notes: boolean // whether somebody pays in notes, to be added up
  readonly ending: keyof typeof endings
}

/** A story at random of a level's size. */
export function randomStory(random: Random, level: Level): Story {
  for (;;) {
    const plot = randomPlot(random)
    const story = level.operations.includes(operations(plot)) ? tell(plot, random, level) : null
    if (story) return story
  }
}

function randomPlot(random: Random): Plot {
  const ending = pick(random, ['total', 'change', 'share', 'rest'] as const)
  return {
    converted: Array.from({ length: 1 + below(random, 2) }, () => random() < 0.3),
    change: random() < 0.5 ? null : pick(random, ['sale', 'tax'] as const),
    wage: ending === 'rest' ? pick(random, ['days', 'weeks'] as const) : null,
    notes: ending === 'change' && random() < 0.4,
    ending,
  }
}

function operations({ converted, change, wage, notes, ending }: Plot): number {
  const buying =
    2 * converted.length - 1 + converted.filter(Boolean).length + Number(change !== null)
  const earning = wage === null ? 0 : wage === 'days' ? 1 : 2
  return buying + earning + Number(notes) + Number(ending !== 'total')
}

/** A story of a plot; null where its numbers are not of the level. */
function tell(plot: Plot, random: Random, level: Level): Story | null {
  const [who, other] = shuffled(random, names)
  const [item, second, third] = shuffled(random, items)
  const [good, ...more] = shuffled(random, goods)
  const otherGood = more.find(({ name }) => name !== good.name) ?? good
  const unit = pick(random, currencies)
  const telling: Telling = {
    random,
    level,
    who,
    unit,
    quantities: [],
    values: new Map<string, number>(),
  }
  const told = plot.wage === null ? [] : [earn(telling, plot.wage)]
  const costs = plot.converted.map((converted, i) =>
    converted ? buyGood(telling, [good, otherGood][i]) : buyPieces(telling, [item, second][i]),
  )
  told.push(...costs)
  let price = costs[0].name
  if (costs.length > 1) price = note(telling, 'total', '+', price, costs[1].name)
  if (plot.change !== null) {
    told.push(changePrice(telling, plot.change, price))
    price = 'price'
  }
  const end = endings[plot.ending](telling, price, plot.notes)
  if (!fits(telling)) return null
  const sentences = told.map(({ text }) => text)
  const numbers = shuffled(random, asides)
    .slice(0, pick(random, level.asides))
    .map(aside => {
      const number = 2 + below(random, Math.min(level.max, 30) - 1)
      sentences.splice(below(random, sentences.length + 1), 0, aside(who, other, third, number))
      return number
    })
  const unneeded = { numbers, names: [`cost of ${third}`] }
  return {
    text: [...sentences, end].join(' '),
    sheet: { quantities: telling.quantities, unneeded },
  }
}
