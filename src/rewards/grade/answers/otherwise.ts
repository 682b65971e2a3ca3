// Pieces of a function whose last condition is "otherwise": what the other conditions leave of the real numbers.

import { type Answer, symbol } from './answer.ts'

/** A function by its pieces with "otherwise" said as the set that it is; null for any other answer. */
export function withRest(answer: Answer): Answer | null {
  if (answer.kind !== 'tuple' || answer.items.length < 2) return null
  const pieces = answer.items.map(item => (item.kind === 'tuple' ? item.items : []))
  const last = pieces.at(-1)!
  const others = pieces.slice(0, -1).map(([, condition]) => condition && setOf(condition))
  const rest = last.length === 2 && last[1].kind === 'word' && otherwise.test(last[1].text)
  if (!rest || others.some(condition => condition === undefined || condition === null)) return null
  const taken = (others as readonly Answer[]).reduce(
    (a, b): Answer => ({ kind: 'region', sign: 'union', parts: [a, b] }),
  )
  const left: Answer = {
    kind: 'region',
    sign: 'difference',
    parts: [symbol('mathbb:R'), taken],
    rest: true,
  }
  const items = [...answer.items.slice(0, -1), { kind: 'tuple', items: [last[0], left] } as const]
  return { kind: 'list', joint: ';', items }
}

/** A condition as what can be united: x = 1 is one point; null where it is no relation. */
function setOf(condition: Answer): Answer | null {
  if (condition.kind !== 'relation') return null
  const { signs, sides } = condition
  const point = signs.join() === '=' && sides[0].kind === 'symbol'
  return point ? { kind: 'set', items: [sides[1]] } : condition
}

const otherwise = /^\s*(?:otherwise|else|elsewhere)[\s.,]*$/i
