import { z } from 'zod'
import { alarmPolicies } from '../alarms.ts'
import { whole } from './values.ts'

/** How long a run goes on, how much it samples, and when it measures and saves. */
export const loopSettings = {
  iterations: whole,
  problems: whole, // of one iteration
  maxTokens: whole, // of one rollout
  evaluateEvery: whole, // iterations; 0 never between start and end
  onAlarm: z.enum(alarmPolicies).default('warn'),
  checkpointEvery: whole.nullable().default(null), // iterations; null as often as costs little
}
