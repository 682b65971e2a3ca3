// Verifiers of verifiers.

import type { Verdict, Verifier } from './verifier.ts'

/** Right where all are right; the verdict of the first that is not, else of the last. */
export function all(...verifiers: readonly Verifier[]): Verifier {
  return first(verifiers, verdict => verdict.correct !== true)
}

/** Right where one is right; the verdict of the first that is, else of the last. */
export function any(...verifiers: readonly Verifier[]): Verifier {
  return first(verifiers, verdict => verdict.correct === true)
}

/**
 * The weighted mean of the scores, right where it reaches `threshold`; the reason is that of the
 * heaviest. Null where one of them cannot grade. Throws RangeError without a positive weight.
 */
export function weighted(
  parts: readonly { readonly verifier: Verifier; readonly weight: number }[],
  { threshold = 1 }: { readonly threshold?: number } = {},
): Verifier {
  const total = parts.reduce((sum, { weight }) => sum + weight, 0)
  if (!(total > 0) || parts.some(({ weight }) => !(weight >= 0))) {
    throw new RangeError('weighted: weights are 0 or more, and one of them is more')
  }
  const heaviest = parts.reduce((best, part) => (part.weight > best.weight ? part : best))
  return request => {
    const verdicts = parts.map(({ verifier }) => verifier(request))
    const main = verdicts[parts.indexOf(heaviest)]
    const lost = verdicts.find(({ score }) => score === null)
    if (lost) return lost
    const score =
      verdicts.reduce((sum, verdict, i) => sum + verdict.score! * parts[i].weight, 0) / total
    const correct = score >= threshold - 1e-12
    return {
      ...main,
      correct,
      score,
      reason: correct ? 'equal' : main.correct ? 'different' : main.reason,
    }
  }
}

function first(verifiers: readonly Verifier[], decides: (verdict: Verdict) => boolean): Verifier {
  if (verifiers.length === 0) throw new RangeError('a combination of no verifiers')
  return request => {
    let verdict = verifiers[0](request)
    for (const verifier of verifiers.slice(1)) {
      if (decides(verdict)) return verdict
      verdict = verifier(request)
    }
    return verdict
  }
}
