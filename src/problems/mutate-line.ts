// Other versions of a line of code: one operator or number changed, or the same said otherwise. Whether it still does what it
// should is not known here: that is for who runs it.

import { below, pick, type Random } from '../numbers/random.ts'

const others: Readonly<Record<string, readonly string[]>> = {
  '+': ['-', '*'],
  '-': ['+'],
  '*': ['+', '-'],
  '<': ['<=', '>'],
  '>': ['>=', '<'],
  '<=': ['<'],
  '>=': ['>'],
  '===': ['!=='],
  '!==': ['==='],
  '&&': ['||'],
  '||': ['&&'],
}
const part = /(?<=\s)(?:\+|-|\*|<=|>=|<|>|===|!==|&&|\|\|)(?=\s)|\b\d+\b/g
const sides = /([\w.]+) ([+*]) ([\w.]+)/

/** A line with one part changed, or its operands the other way round; null where it has nothing of the kind. */
export function mutateLine(line: string, random: Random): string | null {
  const parts = [...line.matchAll(part)]
  const turned = line.replace(sides, '$3 $2 $1')
  const ways = parts.length + Number(turned !== line)
  if (ways === 0) return null
  const way = below(random, ways)
  const found = parts[way]
  if (found === undefined) return turned
  const [text] = found
  const other =
    others[text] === undefined
      ? String(Number(text) + 1 + below(random, 3))
      : pick(random, others[text])
  return line.slice(0, found.index) + other + line.slice(found.index + text.length)
}
