import { z } from 'zod'
import { devices } from '../../engine/engine.ts'
import { whole } from './values.ts'

/** Where a run computes. */
export const placeSettings = {
  device: z.enum(devices).default('cpu'),
  threads: whole.default(1),
  maxMemory: z.number().positive().nullable().default(null), // bytes; null: what the machine has left
}
