import type { Engine } from '../engine/engine.ts'
import { ConfigError } from '../errors.ts'
import type { Scorer, StepRewards } from '../method.ts'
import { hashSeed } from '../numbers/random.ts'
import { pathJudge } from '../prm/score/path-judge.ts'
import type { Needs, Recipe, Values } from '../recipe.ts'
import type { Grader } from '../rewards/grader.ts'
import { outcome } from '../rewards/outcome.ts'
import { independent } from '../rollouts/independent.ts'
import type { Sampler } from '../rollouts/sampler.ts'
import { explore } from '../search/explore.ts'
import type { Problem } from '../types.ts'
import type { RunJudge } from './judge.ts'

/** What a run has for its recipe to build a method from. */
export interface AtHand extends Pick<Needs, 'reference'> {
  readonly judge: RunJudge | null
  readonly beside: Readonly<Record<string, Engine>> // by the names that the recipe gives them
  readonly grader: Grader
  readonly sampler: Sampler
  readonly seed: number
}

/**
 * What a recipe is given. `labelled`, an option that recipes may have, is the share of problems whose answers are used:
 * which ones depends on the seed and the question alone.
 */
export function needsOf(
  { name }: Recipe,
  { labelled = 1 }: Values,
  { judge, grader, beside, reference, sampler, seed }: AtHand,
): Needs {
  const asked = ({ question, prompt }: Problem): boolean =>
    hashSeed(seed, 'labelled', question ?? prompt) / 2 ** 32 < Number(labelled)
  const noJudge: Scorer<StepRewards> = () => {
    throw new ConfigError(`${name} scores steps but does not say that it needs a judge`)
  }
  return {
    sample: n => independent(sampler, n),
    explore: search => explore(search, { sampler, judge: judge && pathJudge(judge.scorer) }),
    grade: outcome(asked, grader),
    scoreSteps: judge === null ? noJudge : judge.rewards,
    reference,
    model: given => {
      const engine = beside[given]
      if (engine !== undefined) return engine
      const names = Object.keys(beside).join(', ') || 'none'
      throw new ConfigError(
        `${name} asks for the model '${given}', which it does not say that it has beside the policy; it says ${names}`,
      )
    },
    sampler,
    maxTokens: sampler.maxTokens,
  }
}
