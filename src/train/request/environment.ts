import { z } from 'zod'

/** What rollouts are talked with. */
export const environmentSettings = {
  environment: z.string().nullable().default(null), // the name of a carried one, a file of code, or an address
  environmentStop: z.string().min(1).nullable().default(null), // of an address: behind which the policy waits
  environmentTimeout: z.number().positive().nullable().default(null), // seconds; null: as the environment has it
}
