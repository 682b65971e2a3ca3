import { z } from 'zod'
import { path } from './values.ts'

/** Who judges answers, where it is not the task or the grader of boxed ones. */
export const answerSettings = {
  reward: path.default(null), // a file of code
  verifier: z.object({ command: z.string(), cwd: z.string() }).nullable().default(null),
  answerTimeout: z.number().positive().default(30), // seconds that one answer may take to judge
}
