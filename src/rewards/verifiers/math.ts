import { grade } from '../grade/grade.ts'
import { type Policy, type PolicyName, policies } from '../grade/policy.ts'
import { type Verifier, verdictOf } from './verifier.ts'

/** Judges mathematical answers under a policy; switches may be set on top of a named one. */
export function math(policy: PolicyName = 'reward', switches: Partial<Policy> = {}): Verifier {
  const chosen = { ...policies[policy], ...switches }
  return request => verdictOf(grade(request, chosen))
}
