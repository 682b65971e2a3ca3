import { bradleyTerry } from './bradley-terry.ts'
import { type PreferenceLoss, sigmoid, softplus } from './loss.ts'

/** Scores of steps that were learned of late, right ones and wrong ones. */
export interface Contrasts {
  readonly right: readonly number[]
  readonly wrong: readonly number[]
}

/**
 * Bradley and Terry's loss of pairs, and weight times its mean over remembered steps of the other kind: a right step is above the
 * wrong ones, a wrong step below the right ones, of whatever problem (after the memory bank of SRM, arXiv:2506.00396).
 */
export function contrasted(
  { right, wrong }: Contrasts,
  { weight = 0.1 }: { readonly weight?: number } = {},
): PreferenceLoss {
  const pairs = bradleyTerry()
  return {
    classes: 1,
    of: pairs_P => {
      const found = pairs.of(pairs_P)
      let { loss } = found
      const slopes_P = pairs_P.map((pair, p) => {
        const sides = pair.map(({ logits }, side) => {
          const sign = side === 0 ? 1 : -1 // of the step, in what should be large
          const others = side === 0 ? wrong : right
          const slopes = found.slopes_P[p]![side]!.slice()
          for (const other of others) {
            const gap = sign * (logits.at(-1)! - other)
            loss += (weight * softplus(-gap)) / others.length
            slopes[slopes.length - 1]! -= (weight * sign * sigmoid(-gap)) / others.length
          }
          return slopes
        })
        return sides as unknown as readonly [Float32Array, Float32Array]
      })
      return { loss, terms: found.terms, slopes_P }
    },
  }
}

/** The same, with a memory of the last `size` pairs that it was asked about. */
export function remembering({
  weight,
  size,
}: {
  readonly weight: number
  readonly size: number
}): PreferenceLoss {
  let memory: Contrasts = { right: [], wrong: [] }
  return {
    classes: 1,
    of: pairs_P => {
      const found = contrasted(memory, { weight }).of(pairs_P)
      const last = (before: readonly number[], side: 0 | 1): readonly number[] => {
        const all = [...before, ...pairs_P.map(pair => pair[side].logits.at(-1)!)]
        return all.slice(Math.max(0, all.length - size))
      }
      memory = { right: last(memory.right, 0), wrong: last(memory.wrong, 1) }
      return found
    },
  }
}
