import { optionOf } from '../grade/option.ts'
import { equal, ungradable, wrong } from '../grade/verdict.ts'
import { type Verifier, verdictOf } from './verifier.ts'

/**
 * Judges options, A to J: the one in the last box, after "answer is", or at the beginning. `letters`
 * are those that the question offers.
 */
export function multipleChoice(letters = 'ABCDEFGHIJ'): Verifier {
  const offered = new Set(letters.toUpperCase())
  return ({ gold, pred }) => {
    const known = optionOf(gold ?? '')
    if (known === null || !offered.has(known)) return verdictOf(ungradable)
    const chosen = pred === null ? null : optionOf(pred)
    if (chosen === null || !offered.has(chosen)) return verdictOf(wrong('no-answer'))
    return verdictOf(chosen === known ? equal('string') : wrong('different', 'string'))
  }
}
