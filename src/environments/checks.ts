import { z } from 'zod'
import { type Done, holding, requireTrusted } from './held.ts'
import { judging } from './judging.ts'

const meta = z.looseObject({
  checks: z.array(z.string()),
  solution: z.string().optional(),
  failures: z.array(z.string()).default([]),
})

/**
 * Judges an answer by `meta.checks`, expressions of JavaScript over `answer`, its text: the outcome is 1 where all are true. Its
 * part `held` is the share of them that is; 0.5 where there are none (RewardAgent, arXiv:2502.19328). A problem is used only where
 * `meta.solution` passes all of them, and each of `meta.failures` fails one (Self-Challenging, arXiv:2506.01716): else it counts
 * for nothing, and the reason is told.
 */
export const checks = judging('checks', meta, (task, problem) => {
  return async (said, run) => {
    await requireTrusted(problem, task, answered, run)
    if (said === null) return { outcome: 0, parts: { held: 0 } }
    const held = await holding(task.checks, answered(said.answer ?? said.text), run)
    const share = held.length === 0 ? 0.5 : held.filter(Boolean).length / held.length
    return { outcome: Number(held.every(Boolean)), parts: { held: share } }
  }
})

/** A text that is an answer: nothing is done but to give it. */
export function answered(text: string): Done {
  return { code: `const answer = ${JSON.stringify(text)}`, calls: [] }
}
