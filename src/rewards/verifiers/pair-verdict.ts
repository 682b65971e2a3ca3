import { equal, ungradable, wrong } from '../grade/verdict.ts'
import { type Verifier, verdictOf } from './verifier.ts'

const tail = 80 // characters: a verdict is the last word
const tags = { A: '<answer>[[A]]</answer>', B: '<answer>[[B]]</answer>' } as const

/**
 * Judges a verdict on a pair, A or B: its last 80 characters hold the tag of the better one, and not the other's
 * (RM-R1, arXiv:2505.02387, section 3.3).
 */
export function pairVerdict(): Verifier {
  return ({ gold, pred }) => {
    if (gold !== 'A' && gold !== 'B') return verdictOf(ungradable)
    const end = (pred ?? '').slice(-tail)
    const said = (['A', 'B'] as const).filter(one => end.includes(tags[one]))
    if (said.length !== 1) return verdictOf(wrong('no-answer'))
    return verdictOf(said[0] === gold ? equal('string') : wrong('different', 'string'))
  }
}
