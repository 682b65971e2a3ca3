// A model that writes given texts, over the tokens of a carried checkpoint.

import type { Completion, SampleRequest } from '../../src/engine/engine.ts'
import { DataError } from '../../src/errors.ts'
import type { Tokens } from '../../src/prm/reading.ts'
import { loadTokenizer } from '../../src/tokenizer/load.ts'
import { fixture } from '../cli/commands.ts'

/** The tokens of a checkpoint, as of one without a chat template. */
export async function plainTokens(): Promise<Tokens> {
  const tokenizer = await loadTokenizer(fixture('qwen3'))
  const chat = (): never => {
    throw new DataError('no template')
  }
  return { tokenizer, bosId: null, chat }
}

/** An engine that says what `say` says after a prompt; null: it is cut off. */
export function writer(
  { tokenizer }: Tokens,
  say: (prompt: string, completion: number) => string | null,
  maxPositions = 512,
) {
  const prompts: string[] = []
  const completion = (prompt: string, n: number): Completion => {
    const text = say(prompt, n)
    const body = tokenizer.encode(text ?? 'and so')
    const ids = text === null ? body : Int32Array.from([...body, tokenizer.eosId])
    const none = new Float32Array(ids.length)
    const stop = text === null ? ('length' as const) : ('stop' as const)
    return { ids, logprobs_T: none, sampledLogprobs_T: none, stop, stopString: null, version: 0 }
  }
  const info = {
    ...{ architecture: 'by hand', head: 'language-model' as const, parameters: 0, classes: 0 },
    ...{ vocabSize: tokenizer.vocabSize, absentIds: [], maxPositions },
  }
  return {
    info,
    prompts,
    close: async () => {},
    score: async (sequences: readonly Int32Array[]) =>
      sequences.map(ids => ({
        logprobs: Float32Array.from(ids.subarray(1), id => -id / 100),
        entropies: null,
      })),
    sample: async (requests: readonly SampleRequest[]) =>
      requests.map(({ ids, n }) => {
        const prompt = tokenizer.decode(ids)
        prompts.push(prompt)
        return Array.from({ length: n }, (_, k) => completion(prompt, k))
      }),
  }
}
