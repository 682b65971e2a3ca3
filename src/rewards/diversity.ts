import { saidIn } from '../groups/talk.ts'
import type { Parts, Scorer } from '../method.ts'
import { mean } from '../numbers/numeric.ts'

const shown = 1000 // characters of a text that are compared
const weights_N = [0.02, 0.1, 0.15, 0.25, 0.38] // of sequences of 1 to 5 words

/** How far each rollout differs from the others of its group, by its equations and by its words, both in [0, 1] (DIVER, arXiv:2509.26209). */
export function diversity(): Scorer<Parts<'equations' | 'texts'>> {
  return async groups =>
    groups.map(({ rollouts }) => {
      const texts = rollouts.map(rollout => saidIn(rollout).slice(0, shown))
      return { parts_G: { equations: ownEquations(texts), texts: wordDistances(texts) } }
    })
}

/** The share of the different equations of each text that no other text has; 0 of one without. */
export function ownEquations(texts: readonly string[]): number[] {
  const sets = texts.map(equationsOf)
  return sets.map((own, i) => {
    const only = [...own].filter(one => sets.every((other, j) => j === i || !other.has(one)))
    return own.size === 0 ? 0 : only.length / own.size
  })
}

/** The formulas that a text sets apart; of one without, the lines that hold an equals sign. */
function equationsOf(text: string): ReadonlySet<string> {
  const formulas = text.matchAll(/\\\[([^\]]*?)\\\]|\\\(([^)]*?)\\\)|\$([^$]*?)\$/g)
  const found = Array.from(formulas, ([, a, b, c]) => (a ?? b ?? c)!)
  return new Set(found.length > 0 ? found : text.split('\n').filter(line => line.includes('=')))
}

/** 1 - the mean, over the other texts, of the BLEU of each pair, either taken as the reference; 0 of a text alone. */
export function wordDistances(texts: readonly string[]): number[] {
  const words = texts.map(text => text.split(/\s+/).filter(word => word !== ''))
  return words.map((own, i) => {
    const others = words.filter((_, j) => j !== i)
    const alike = others.map(other => (bleu(own, other) + bleu(other, own)) / 2)
    return others.length === 0 ? 0 : 1 - mean(alike)
  })
}

/** BLEU of words against one reference (Papineni et al., 2002), not smoothed: 0 where they share no five words in a row. */
export function bleu(reference: readonly string[], candidate: readonly string[]): number {
  if (candidate.length === 0) return 0
  const brevity = Math.min(1, Math.exp(1 - reference.length / candidate.length))
  const precisions = weights_N.map((weight, n) => {
    const [ours, theirs] = [counts(candidate, n + 1), counts(reference, n + 1)]
    let [shared, all] = [0, 0]
    for (const [sequence, times] of ours) {
      shared += Math.min(times, theirs.get(sequence) ?? 0)
      all += times
    }
    return all === 0 ? 0 : (shared / all) ** weight
  })
  return brevity * precisions.reduce((a, b) => a * b)
}

function counts(words: readonly string[], n: number): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  for (let i = 0; i + n <= words.length; i++) {
    const sequence = words.slice(i, i + n).join(' ')
    found.set(sequence, (found.get(sequence) ?? 0) + 1)
  }
  return found
}
