import { z } from 'zod'
import { scorerSpecSchema } from '../../prm/score/spec.ts'
import { patternNames } from '../../rewards/patterns.ts'
import { path } from './values.ts'

/** What a trial of the judge may do: refuse one that fails it, only warn, or not be made. */
export const checkPolicies = ['on', 'warn', 'off'] as const
export type CheckPolicy = (typeof checkPolicies)[number]

/** What scores steps, and what it is tried on before it is believed. */
export const judgeSettings = {
  prm: path.default(null), // null: made first where model is too, else the recipe needs none
  scorer: scorerSpecSchema.nullable().default(null), // what scores steps where it is more than the folder prm asked as it says itself
  gates: z.array(z.enum(patternNames)).readonly().default([]), // whose rollouts get a bad reward
  judgeCheck: z.enum(checkPolicies).default('on'), // whether it tells right from wrong
  audit: z.enum(checkPolicies).default('on'), // whether it rewards known hacks
}
