import { z } from 'zod'
import { patience } from '../../prm/score/spec.ts'

const asking = {
  temperature: z.number().nonnegative().optional(), // default: as the server has it, or as the policy samples
  maxTokens: z.int().positive().optional(), // of one answer; likewise
}

/** The chat model that a recipe may ask: one behind an endpoint, or the policy as it is. */
export const chatSettings = {
  chat: z
    .discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('server'),
        url: z.string(), // what is secret stands in it by the name of an environment variable
        model: z.string(),
        ...asking,
        ...patience,
      }),
      z.strictObject({
        kind: z.literal('policy'),
        ...asking,
        retries: patience.retries,
      }),
    ])
    .nullable()
    .default(null),
}

export type ChatSpec = NonNullable<z.output<typeof chatSettings.chat>>
