import { lastBox } from '../../text/boxes.ts'
import { readDecimal, same } from '../grade/algebra/rational.ts'
import { spoken } from '../grade/extract.ts'
import { equal, ungradable, wrong } from '../grade/verdict.ts'
import { type Verifier, verdictOf } from './verifier.ts'

export interface Gsm8kOptions {
  /** strict: only what follows "####" near the end. flexible: else a box, else the last number. Default strict. */
  readonly find?: 'strict' | 'flexible'
}

const tail = 300 // characters: the answer closes a solution
const number = /[-+]?\$?(?:\d+(?:,\d{3})*(?:\.\d+)?|\.\d+)/g

/** Judges GSM8K answers: the number after "####", without commas and currency signs. */
export function gsm8k({ find = 'strict' }: Gsm8kOptions = {}): Verifier {
  return ({ gold, pred }) => {
    const known = numberIn(gold === null ? null : (hashed(gold, gold.length) ?? gold))
    if (!known) return verdictOf(ungradable)
    const said = pred === null ? null : spoken(pred)
    const marked = said === null ? null : hashed(said, tail)
    const text =
      said !== null && marked === null && find === 'flexible'
        ? (lastBox(said) ?? lastNumber(said))
        : marked
    if (text === null) return verdictOf(wrong('no-answer'))
    const value = numberIn(text)
    if (!value) return verdictOf(wrong('unparsable-pred'))
    return verdictOf(same(known, value) ? equal('exact') : wrong('different', 'exact'))
  }
}

function hashed(text: string, within: number): string | null {
  const end = text.slice(-within)
  const at = end.lastIndexOf('####')
  return at < 0
    ? null
    : end
        .slice(at + 4)
        .trimStart()
        .split('\n', 1)[0]
}

function lastNumber(text: string): string | null {
  return text.slice(-2000).match(number)?.at(-1) ?? null
}

function numberIn(text: string | null) {
  if (text === null || text.length > 200) return null
  return readDecimal(text.trim().replace(/[$,]/g, '').replace(/\.$/, ''))
}
