import type { Method } from '../method.ts'
import { hashSeed } from '../numbers/random.ts'
import { allocated, stepVariances } from '../numbers/step-budget.ts'
import type { Rollout } from '../types.ts'
import { extend, isOver, type Path, unbegun } from './extend.ts'
import { requireNobodyTalks, type Sampler } from './sampler.ts'

/** How many rollouts of a group reach each step up to a horizon, `groupSize` on average: those that make the bound least. */
export function reachOf({
  groupSize,
  horizon,
  discount,
}: {
  readonly groupSize: number
  readonly horizon: number
  readonly discount: number
}): readonly number[] {
  return allocated(stepVariances(horizon, discount), groupSize * horizon)
}

/**
 * Groups in which fewer rollouts reach each later step: `reach_S[s]` of them, the first ones, write step s, whatever they have written
 * so far (Truncating Trajectories in Monte Carlo Reinforcement Learning, ICML 2023, section 3). One that is stopped ends as if it had
 * run out of tokens.
 */
export function truncated(sampler: Sampler, reach_S: readonly number[]): Method['rollouts'] {
  requireNobodyTalks('what stops rollouts behind their steps', sampler)
  const { engine, tokenizer } = sampler
  return async (problems, seed, signal) => {
    await engine.spell(tokenizer.tokenBytes())
    const begun = problems.map(({ prompt }) => unbegun(tokenizer.encode(prompt)))
    const first = begun.map((from, p) => {
      const draw = hashSeed(seed, 'truncated', p)
      return { from, n: reach_S[0]!, seed: draw, until: 'step' as const }
    })
    const paths_P = (await extend(sampler, first, signal)).map(paths => [...paths])
    for (const [s, n] of reach_S.entries()) {
      if (s === 0) continue
      const open = paths_P.flatMap((paths, p) =>
        paths.slice(0, n).flatMap((from, g) => (isOver(from) ? [] : [{ p, g, from }])),
      )
      const asked = open.map(({ p, g, from }) => {
        const draw = hashSeed(seed, 'truncated', p, s, g)
        return { from, n: 1, seed: draw, until: 'step' as const }
      })
      const found = await extend(sampler, asked, signal)
      for (const [i, { p, g }] of open.entries()) paths_P[p]![g] = found[i]![0]!
    }
    return problems.map((problem, p) => ({ problem, rollouts: paths_P[p]!.map(stopped) }))
  }
}

function stopped(path: Path): Rollout {
  return isOver(path) ? path : { ...path, stop: 'length' }
}
