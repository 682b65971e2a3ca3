import { z } from 'zod'
import { precisions } from '../../engine/engine.ts'
import { alarmPolicies } from '../alarms.ts'
import { whole } from './values.ts'

/** How long a run goes on, how much it samples, and when it measures and saves. */
export const loopSettings = {
  iterations: whole.default(40),
  problems: whole.default(24), // of one iteration
  ahead: whole.max(1).default(0), // iterations whose rollouts are sampled before their turn
  sampling: z.enum(precisions).default('float32'), // what rollouts are drawn with
  maxTokens: whole.default(160), // of one rollout
  steps: z.string().min(1).default('blank-line'), // what closes a step of it, as boundaryOf reads it
  evaluateEvery: whole.default(10), // iterations; 0 never between start and end
  onAlarm: z.enum(alarmPolicies).default('warn'),
  checkpointEvery: whole.nullable().default(null), // iterations; null as often as costs little
}
