// Runs in a thread of its own, which is ended where a grading takes too long.

import { type GradeRequest, judge } from './grade.ts'
import type { Policy } from './policy.ts'
import type { Grade } from './verdict.ts'

/** What a thread of the pool is asked. */
export interface Task {
  readonly request: GradeRequest
  readonly policy: Policy
}

/** Grades one request to the end of its budget. */
export function work({ request, policy }: Task): Grade {
  return judge(request, policy, 'full').grade
}
