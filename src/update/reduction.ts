import type { Formula, LossInput, Weighing } from '../method.ts'

/**
 * What a loss of tokens is averaged over: all trained tokens of the batch (`token-mean`), the tokens of each
 * rollout and then the rollouts (`sequence-mean`, so that a token of a short rollout counts more), or a
 * constant length for every rollout (`maxTokens`, arXiv:2503.20783). Rollouts without a trained
 * token do not count.
 */
export type Reduction = 'token-mean' | 'sequence-mean' | { readonly maxTokens: number }

/** What each trained token of a rollout counts in the batch; checks the lengths of every array. */
export function tokenWeights(
  name: string,
  batch: readonly LossInput[],
  reduction: Reduction,
): readonly number[] {
  for (const input of batch) checkLengths(name, input)
  return weightsOf(batch, reduction)
}

/** What each trained token of a rollout counts: the weights of all trained tokens add up to 1, but for a constant length. */
export function weightsOf(
  batch: readonly { readonly trained_T: Uint8Array }[],
  reduction: Reduction,
): readonly number[] {
  const trained_G = batch.map(({ trained_T }) => countOnes(trained_T))
  const tokens = trained_G.reduce((a, b) => a + b, 0)
  const rollouts = trained_G.filter(n => n > 0).length
  return trained_G.map(n => {
    if (n === 0) return 0
    if (reduction === 'token-mean') return 1 / tokens
    return 1 / (rollouts * (reduction === 'sequence-mean' ? n : reduction.maxTokens))
  })
}

/** What a token counts in a loss that is averaged so, for whoever asks. */
export function weighing(reduction: Reduction): Weighing {
  return Object.assign((batch: Parameters<Weighing>[0]) => weightsOf(batch, reduction), {
    formula: formulaOf(reduction),
  })
}

function formulaOf(reduction: Reduction): Formula {
  if (reduction === 'token-mean')
    return { name: 'mean over tokens', formula: '1 / tokens of the update', source: '' }
  if (reduction === 'sequence-mean')
    return {
      name: 'mean over tokens, then rollouts',
      formula: '1 / (rollouts of the update * tokens of its rollout)',
      source: '',
    }
  const { maxTokens } = reduction
  return {
    name: 'constant length',
    formula: `1 / (rollouts of the update * ${maxTokens})`,
    source: 'arXiv:2503.20783',
    options: { maxTokens },
  }
}

/** How many tokens of the batch are trained. */
export function trainedTokens(batch: readonly { readonly trained_T: Uint8Array }[]): number {
  return batch.reduce((total, { trained_T }) => total + countOnes(trained_T), 0)
}

function checkLengths(name: string, { logprobs_T, ...others }: LossInput): void {
  for (const [what, xs_T] of Object.entries(others))
    if (typeof xs_T === 'object' && xs_T !== null && xs_T.length !== logprobs_T.length)
      throw new RangeError(`${name}: ${logprobs_T.length} logprobs_T, ${xs_T.length} ${what}`)
}

function countOnes(xs: Uint8Array): number {
  let n = 0
  for (let i = 0; i < xs.length; i++) if (xs[i] === 1) n++
  return n
}
