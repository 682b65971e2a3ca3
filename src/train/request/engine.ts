import { z } from 'zod'

export const engineKinds = ['onnx', 'tinker'] as const

const price = z.number().nonnegative()

/** What computes the policy: this machine, or a server, of whose model only configuration and tokenizer are here. */
export const engineSettings = {
  engine: z
    .discriminatedUnion('kind', [
      z.object({ kind: z.literal('onnx') }),
      z.object({
        kind: z.literal('tinker'),
        url: z.string(), // what is secret stands in it by the name of an environment variable
        baseModel: z.string(), // the server's name of it
        prices: z.object({ read: price, sampled: price, learned: price }).nullable().default(null), // of a million tokens; null: not known
      }),
    ])
    .default({ kind: 'onnx' }),
}
