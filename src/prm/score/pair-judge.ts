// A chat model that is shown two answers: each two candidates of a problem, in both places.

import { linked } from '../../http/deadline.ts'
import type { Comparison } from '../../numbers/bradley-terry.ts'
import { comparison, readPreference } from '../../rewards/compared.ts'
import type { Ask } from '../../rewards/remote/chat.ts'
import type { Problem } from '../../types.ts'

/** What a judge of pairs is told to do before it says which one is better. */
export const pairStyles = {
  compare: { about: 'which is nearer to a right solution', ask: null },
  rubrics: {
    about:
      'rubrics first, or its own solution, then each answer by them, as RM-R1 does (arXiv:2505.02387)',
    ask:
      'First say whether the problem is one of reasoning, which has a right answer, or one of talk. Of reasoning: solve it yourself, then hold ' +
      'each answer against your solution. Of talk: write down what a good answer must have, each point with a weight that you justify, then ' +
      'hold each answer against every point. End with \\boxed{A}, \\boxed{B} or \\boxed{tie}: the better answer.',
  },
} as const
export type PairStyleName = keyof typeof pairStyles

/** A problem, and answers among which the judge compares. */
export interface Contest {
  readonly problem: Problem
  readonly texts: readonly string[]
}

/** What the judge says of every two answers, once in each place; a verdict that does not come is left out. */
export function pairVerdicts(
  ask: Ask,
  contests: readonly Contest[],
  { style = 'compare', seed = 0 }: { readonly style?: PairStyleName; readonly seed?: number } = {},
  signal?: AbortSignal,
): Promise<readonly (readonly Comparison[])[]> {
  return linked(signal, async ({ signal, abort }) => {
    const verdict = async ({ problem, texts }: Contest, first: number, second: number) => {
      const asked = comparison(problem, [texts[first]!, texts[second]!], pairStyles[style].ask)
      const outcome = await ask(asked, readPreference, { seed, signal })
      return outcome === null ? [] : [{ first, second, outcome }]
    }
    try {
      return await Promise.all(
        contests.map(async contest => {
          const all = contest.texts.map((_, n) => n)
          const orders = all.flatMap(a => all.filter(b => b !== a).map(b => [a, b] as const))
          return (await Promise.all(orders.map(([a, b]) => verdict(contest, a, b)))).flat()
        }),
      )
    } finally {
      abort() // what is under way ends when one of them cannot go on
    }
  })
}
