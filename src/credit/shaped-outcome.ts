import type { Outcome, Parts } from '../method.ts'
import type { Rule } from './streams.ts'

export interface ShapedOptions<K extends string> {
  readonly right?: number // reward of outcome 1; default 1
  readonly wrong?: number // and of outcome 0; default 0
  /** Parts that count in right rollouts alone, default none. */
  readonly ofRight?: readonly K[]
}

/**
 * Every token is credited with wrong + (right - wrong) * outcome + the named parts of its rollout, one reward, so that a
 * baseline sees their sum (arXiv:2503.14476, eq. 7 and 13, where right is 1 and wrong is -1); null where one of them is not
 * known. A part of right rollouts counts nothing, known or not, where the outcome is at most 0.5.
 */
export function shapedOutcome<K extends string>(
  parts: readonly K[],
  { right = 1, wrong = 0, ofRight = [] }: ShapedOptions<K> = {},
): Rule<Outcome & Parts<K>> {
  return ({ rollouts }, { outcome_G, parts_G }) => {
    const added = parts.map(name => [name, parts_G[name]] as const)
    for (const [what, xs_G] of [['outcome_G', outcome_G] as const, ...added])
      if (xs_G.length !== rollouts.length)
        throw new RangeError(
          `shapedOutcome: ${xs_G.length} of ${what} for ${rollouts.length} rollouts`,
        )
    return rollouts.map(({ ids }, g) => {
      const outcome = outcome_G[g]
      if (outcome === null) return null
      let reward = wrong + (right - wrong) * outcome
      for (const [name, part_G] of added) {
        if (ofRight.includes(name) && outcome <= 0.5) continue
        const part = part_G[g]
        if (part === null) return null
        reward += part
      }
      return new Float32Array(ids.length).fill(reward)
    })
  }
}
