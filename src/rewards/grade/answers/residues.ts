// Numbers that leave a rest, told by a letter that counts them: 7k + 3 for 3 modulo 7.

import { integer } from '../algebra/rational.ts'
import { type Answer, call, type Expression, isExpression, number, symbol } from './answer.ts'
import type { Relation } from './relations.ts'

/** x = 7k + 3 as x = 3 modulo 7; null where a relation does not count whole numbers by a letter that is used for it. */
export function residueOf({ signs, sides: [name, value] }: Relation): Relation | null {
  if (signs.join() !== '=' || name.kind !== 'symbol' || !isExpression(value)) return null
  const line = linear(value)
  if (!line || line.letter === name.name || line.slope === 0n) return null
  const modulus = line.slope < 0n ? -line.slope : line.slope
  const rest = ((line.at % modulus) + modulus) % modulus
  const residue = call('apply', symbol('rest modulo'), whole(rest), whole(modulus))
  return { kind: 'relation', signs: ['='], sides: [name, residue] }
}

/** Whether a relation says what rest a number leaves. */
export function isCongruence({ sides }: Relation): boolean {
  const last: Answer = sides.at(-1)!
  if (last.kind !== 'call' || last.name !== 'apply') return false
  const [said] = last.args
  return said.kind === 'symbol' && said.name === 'rest modulo'
}

interface Line {
  readonly letter: string | null
  readonly slope: bigint
  readonly at: bigint // where the letter is 0
}

/** A whole multiple of a counting letter and a whole number; null for any other expression. */
function linear(e: Expression): Line | null {
  if (e.kind === 'number')
    return e.value.d === 1n ? { letter: null, slope: 0n, at: e.value.n } : null
  if (e.kind === 'symbol')
    return /^[klmnt]$/.test(e.name) ? { letter: e.name, slope: 1n, at: 0n } : null
  const parts = e.args.map(linear)
  if (parts.includes(null)) return null
  const lines = parts as Line[]
  const letters = [...new Set(lines.flatMap(({ letter }) => letter ?? []))]
  if (letters.length > 1) return null
  const letter = letters[0] ?? null
  if (e.name === 'neg') return { letter, slope: -lines[0].slope, at: -lines[0].at }
  if (e.name === 'add')
    return lines.reduce((a, b) => ({ letter, slope: a.slope + b.slope, at: a.at + b.at }))
  if (e.name !== 'mul' || lines.filter(line => line.letter !== null).length > 1) return null
  return lines.reduce((a, b) => ({
    letter,
    slope: a.slope * b.at + b.slope * a.at,
    at: a.at * b.at,
  }))
}

function whole(value: bigint): Expression {
  return number(integer(value))
}
