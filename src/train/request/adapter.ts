import { z } from 'zod'
import { projections } from '../../engine/hf/lora.ts'
import { baseTypes } from '../../engine/hf/packed.ts'

/** What learns where the weights of the policy stay as they are, how those are held, and how its run ends. */
export const adapterSettings = {
  lora: z
    .object({
      rank: z.number().int().positive(),
      alpha: z.number().positive(),
      targets: z.array(z.enum(projections)).min(1).readonly(),
    })
    .nullable()
    .default(null), // null: every weight learns
  baseType: z.enum(baseTypes).default('float32'), // how the weights beneath it are held in memory
  merge: z.boolean().default(false), // at the end a whole model is written too
}
