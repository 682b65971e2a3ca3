import type { Given, Outcome, Parts, Setting, Settings } from '../method.ts'
import { type Rule, told } from './streams.ts'

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
  return told(
    ({ rollouts }, { outcome_G, parts_G }) => {
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
    },
    {
      name: 'shaped outcome',
      formula: `G[t] = ${wrong} + ${right - wrong} * outcome${parts.map(part => ` + ${part}`).join('')}`,
      source: 'arXiv:2503.14476, eq. 7 and 13',
      options: { parts: parts.join(' '), right, wrong, ofRight: ofRight.join(' ') },
    },
  )
}
shapedOutcome.trial = {
  usual: ({ parts }: Given) => ({ parts: parts.join(' ') }),
  build: ({ parts, right, wrong, ofRight }: Settings) =>
    shapedOutcome(words(parts), {
      right: Number(right ?? 1),
      wrong: Number(wrong ?? 0),
      ofRight: words(ofRight),
    }),
}

/** Words of a setting. */
function words(setting: Setting | undefined): string[] {
  return String(setting ?? '')
    .split(' ')
    .filter(Boolean)
}
