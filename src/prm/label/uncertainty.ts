const temperature = 5

/**
 * How unsure the policy was of a step: the entropy (nats) of softmax(log-probabilities of its tokens / 5) over the step's
 * positions (arXiv:2508.01773). It grows with the number of tokens, up to its logarithm. 0 of no tokens.
 */
export function stepUncertainty(logprobs_T: ArrayLike<number>): number {
  const scaled = Array.from(logprobs_T, logprob => logprob / temperature)
  const most = Math.max(...scaled)
  const weights = scaled.map(x => Math.exp(x - most))
  const sum = weights.reduce((a, b) => a + b, 0)
  return weights.reduce((h, w) => h - (w > 0 ? (w / sum) * Math.log(w / sum) : 0), 0)
}
