import type { Engine } from '../engine/engine.ts'
import { concat } from '../numbers/numeric.ts'
import type { Group } from '../types.ts'

/** The hidden states of a model at the last token of each step, of each rollout of each group: [P][G][S] vectors. */
export async function stepStates(
  model: Pick<Engine, 'hidden'>,
  groups: readonly Group[],
  signal?: AbortSignal,
): Promise<readonly (readonly (readonly Float32Array[])[])[]> {
  const rollouts = groups.flatMap(group => group.rollouts)
  const sequences = rollouts.map(({ promptIds, ids }) => concat(promptIds, ids))
  const states = await model.hidden(sequences, signal)
  const vectors = rollouts.map(({ promptIds, steps }, i) => {
    const width = states[i]!.length / sequences[i]!.length
    return steps.map(({ end }) => {
      const at = (promptIds.length + end - 1) * width
      return states[i]!.slice(at, at + width)
    })
  })
  const next = vectors.values()
  return groups.map(group => group.rollouts.map(() => next.next().value!))
}
