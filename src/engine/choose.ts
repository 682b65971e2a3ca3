// One token from one row of logits: the distribution of the model, the one that is sampled, and a draw.

/** How a token is drawn; `greedy` overrides the other two. */
export interface ChooseOptions {
  readonly temperature?: number // > 0
  readonly topP?: number // (0, 1]
  readonly greedy?: boolean
}

export interface Choice {
  readonly id: number
  readonly logprob: number // of the model, temperature 1
  readonly sampledLogprob: number // of what was sampled: temperature, then top-p; 0 when greedy
}

/**
 * Draws a token with the uniform number `u`. Top-p keeps the fewest most likely tokens whose probabilities at this
 * temperature reach topP, the one that crosses included; of equals, the lower id. Logits that are not finite give a
 * log-probability that is not finite either.
 */
export function choose(
  logits_V: Float32Array,
  u: number,
  { temperature = 1, topP = 1, greedy = false }: ChooseOptions = {},
): Choice {
  if (!(temperature > 0)) throw new RangeError(`choose: temperature ${temperature}`)
  if (!(topP > 0 && topP <= 1)) throw new RangeError(`choose: top-p ${topP}`)
  let best = 0
  for (let v = 1; v < logits_V.length; v++) if (logits_V[v]! > logits_V[best]!) best = v
  const top = logits_V[best]!
  const { weights_V, total } = softmaxWeights(logits_V, top, 1)
  const logprob = (id: number): number => logits_V[id]! - top - Math.log(total)
  if (greedy) return { id: best, logprob: logprob(best), sampledLogprob: 0 }
  const sampled =
    temperature === 1 ? { weights_V, total } : softmaxWeights(logits_V, top, temperature)
  const mass = topP < 1 ? cutTail(sampled.weights_V, sampled.total * topP) : sampled.total
  const id = locate(sampled.weights_V, u * mass)
  return { id, logprob: logprob(id), sampledLogprob: Math.log(sampled.weights_V[id]! / mass) }
}

/** log(sum_v exp(logits[v] / temperature)). */
export function logSumExp(logits_V: Float32Array, temperature: number): number {
  let max = Number.NEGATIVE_INFINITY
  for (let v = 0; v < logits_V.length; v++) max = Math.max(max, logits_V[v]! / temperature)
  let sum = 0
  for (let v = 0; v < logits_V.length; v++) sum += Math.exp(logits_V[v]! / temperature - max)
  return max + Math.log(sum)
}

/** exp((logits - top) / temperature), and their sum. */
function softmaxWeights(
  logits_V: Float32Array,
  top: number,
  temperature: number,
): { weights_V: Float64Array; total: number } {
  const weights_V = new Float64Array(logits_V.length)
  let total = 0
  for (let v = 0; v < logits_V.length; v++) {
    weights_V[v] = Math.exp((logits_V[v]! - top) / temperature)
    total += weights_V[v]!
  }
  return { weights_V, total }
}

/** Sets all but the heaviest weights to 0, keeping just enough to reach `mass`; returns what is kept. */
function cutTail(weights_V: Float64Array, mass: number): number {
  const order = Array.from(weights_V, (_, v) => v)
  order.sort((a, b) => weights_V[b]! - weights_V[a]! || a - b)
  let kept = 0
  for (const v of order) {
    if (kept >= mass) weights_V[v] = 0
    else kept += weights_V[v]!
  }
  return kept
}

/** The entry in which a running sum passes `at`; the last possible one takes what rounding leaves. */
function locate(weights_V: Float64Array, at: number): number {
  let id = 0
  let sum = 0
  for (let v = 0; v < weights_V.length; v++) {
    if (weights_V[v] === 0) continue
    id = v
    sum += weights_V[v]!
    if (at < sum) break
  }
  return id
}
