// Of rollouts that an environment may have talked in.

import type { Rollout } from '../types.ts'

/** What the policy wrote of a rollout, without what an environment did. */
export function saidIn({ text, talk }: Pick<Rollout, 'text' | 'talk'>): string {
  return talk?.said ?? text
}

/** Whether a rollout's environment hung, died or answered nonsense: it counts for nothing. */
export function hasFailed({ talk }: Rollout): boolean {
  return talk !== undefined && talk.failed !== null
}

/** Tokens of a rollout that a policy sampled. */
export function sampledTokens({ spans }: Pick<Rollout, 'spans'>): number {
  return spans.reduce((sum, { start, end, role }) => sum + (role === 'policy' ? end - start : 0), 0)
}
