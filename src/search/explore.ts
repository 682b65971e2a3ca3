import type { Method } from '../method.ts'
import { hashSeed } from '../numbers/random.ts'
import { isOver, unbegun } from '../rollouts/extend.ts'
import { requireNobodyTalks } from '../rollouts/sampler.ts'
import type { Group, Problem } from '../types.ts'
import { type Found, runSearches, type Services } from './run.ts'
import type { Candidate, Search } from './search.ts'

/** Where the first of some problems stands among all, and what stops their searches. */
export interface SearchOptions {
  readonly first?: number // default 0
  readonly signal?: AbortSignal | undefined
}

/** Searches of problems, side by side; the seed and a problem's place decide what is found. */
export async function searchAll(
  search: Search,
  services: Services,
  problems: readonly Problem[],
  seed: number,
  { first = 0, signal }: SearchOptions = {},
): Promise<Found<readonly Candidate[]>[]> {
  const { engine, tokenizer } = services.sampler
  await engine.spell(tokenizer.tokenBytes())
  const begun = problems.map((problem, p) => {
    const from = unbegun(tokenizer.encode(problem.prompt))
    return { problem, conversation: search(from, hashSeed(seed, 'search', first + p)) }
  })
  return runSearches(begun, services, signal)
}

/** What a search finds as a method's rollouts: of each problem its candidates, the best first; one found twice stands twice. */
export function explore(search: Search, services: Services): Method['rollouts'] {
  requireNobodyTalks('a search', services.sampler)
  return async (problems, seed, signal) => {
    const found = await searchAll(search, services, problems, seed, { signal })
    return found.map(({ value }, p): Group => {
      const rollouts = value.map(({ path }) => path).filter(isOver)
      return { problem: problems[p]!, rollouts }
    })
  }
}
