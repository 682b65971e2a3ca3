// Log-probabilities that samples brought with them, or that were asked for. What the same weights sampled or read need not be
// read again to be learned from, which saves a third of what learning costs on a server.

/** What is known of sequences under the weights of one version. */
export class Known {
  private version = -1
  private tokens = 0
  private readonly logprobs = new Map<string, Float32Array>() // of ids[1..]; NaN in the prompt

  remember(version: number, prompt: Int32Array, ids: Int32Array, logprobs_T: Float32Array): void {
    if (this.version < version || this.tokens > mostTokens) this.forget()
    if (this.version > version) return // weights that are no more
    this.version = version
    const whole = new Int32Array(prompt.length + ids.length)
    whole.set(prompt)
    whole.set(ids, prompt.length)
    const known = new Float32Array(whole.length - 1).fill(Number.NaN)
    known.set(logprobs_T, prompt.length - 1)
    this.logprobs.set(keyOf(whole), known)
    this.tokens += whole.length
  }

  /** Log-probabilities of ids[1..] wherever there is a weight; null where one of them is not known. */
  of(version: number, ids: Int32Array, weights: Float32Array): Float32Array | null {
    const found = version === this.version ? this.logprobs.get(keyOf(ids)) : undefined
    if (found === undefined) return null
    return weights.every((weight, t) => weight === 0 || !Number.isNaN(found[t])) ? found : null
  }

  forget(): void {
    this.version = -1
    this.tokens = 0
    this.logprobs.clear()
  }
}

const mostTokens = 16_000_000

function keyOf({ buffer, byteOffset, byteLength }: Int32Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('latin1')
}
