import type { Engine } from '../engine/engine.ts'
import type { Scorer, StepRewards } from '../method.ts'
import { type Moments, whitened, withMore } from '../numbers/moments.ts'
import { mean } from '../numbers/numeric.ts'
import { random } from '../numbers/random.ts'
import { descended, outputsOf, type TwoLayers, twoLayers } from '../numbers/two-layers.ts'
import { stepStates } from './step-states.ts'

/** What is remembered of what was seen. */
export type Seen = {
  readonly states: Moments
  readonly returns: Moments // of discounted sums of bonuses
  readonly predictor: TwoLayers
}

export interface NoveltyOptions {
  readonly seen: Seen | null // null: nothing yet
  readonly seed: number // of the networks, the same in all of a run
  readonly rate?: number // of gradient descent; default 0.3
  readonly passes?: number // over a batch; default 4
  readonly discount?: number // of a bonus one step later; default 0.99
}

const shape = { hidden: 32, outputs: 16 }

/**
 * How new the state after each step is: the squared distance of what a network predicts of it to what a random one says
 * (arXiv:1810.12894, section 2.2), in units of the deviation of discounted sums of such bonuses. The predictor then learns the states of the
 * batch, once they are judged; `next` is what is to be remembered.
 */
export function novelty(policy: Pick<Engine, 'hidden'>, options: NoveltyOptions) {
  const { seen, seed, rate = 0.3, passes = 4, discount = 0.99 } = options
  let next = seen
  const scorer: Scorer<StepRewards> = async (groups, signal) => {
    const states_P = await stepStates(policy, groups, signal)
    const all = states_P.flat(2)
    if (all.length === 0)
      return groups.map(({ rollouts }) => ({ steps_G_S: rollouts.map(() => new Float32Array(0)) }))
    const states = withMore(seen?.states ?? null, all)
    const sizes = { ...shape, inputs: all[0]!.length }
    const target = twoLayers(sizes, random(seed, 'novelty target'))
    let predictor = seen?.predictor ?? twoLayers(sizes, random(seed, 'novelty predictor'))
    const xs = all.map(state => whitened(states, state))
    const wanted = outputsOf(target, xs)
    const bonuses = outputsOf(predictor, xs).map((said, n) => distance(said, wanted[n]!))
    const slopesOf = (said_N: readonly (readonly number[])[]) =>
      said_N.map((said, n) =>
        said.map((y, o) => (2 * (y - wanted[n]![o]!)) / said.length / xs.length),
      )
    for (let pass = 0; pass < passes; pass++) predictor = descended(predictor, xs, slopesOf, rate)
    const values = bonuses.values()
    const bonuses_P = states_P.map(of_G => of_G.map(of_S => of_S.map(() => values.next().value!)))
    const sums = bonuses_P.flat().flatMap(of_S => discounted(of_S, discount))
    const returns = withMore(
      seen?.returns ?? null,
      sums.map(sum => [sum]),
    )
    next = { states, returns, predictor }
    const unit = Math.sqrt(returns.squares[0]! / returns.count) + 1e-8
    return bonuses_P.map(of_G => ({
      steps_G_S: of_G.map(of_S => Float32Array.from(of_S, bonus => bonus / unit)),
    }))
  }
  return { scorer, next: () => next }
}

/** The mean of the squared differences. */
export function distance(a: readonly number[], b: readonly number[]): number {
  return mean(a.map((x, i) => (x - b[i]!) ** 2))
}

/** Sums of all bonuses so far, each step before counting less: R_s = discount * R_{s-1} + b_s. */
function discounted(bonuses: readonly number[], discount: number): number[] {
  let sum = 0
  return bonuses.map(bonus => (sum = discount * sum + bonus))
}
