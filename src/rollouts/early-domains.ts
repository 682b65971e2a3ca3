import type { Method, Now } from '../method.ts'
import type { Problem } from '../types.ts'

export interface EarlyOptions {
  readonly field: string // of a row, that names its domain
  readonly domains: readonly string[] // that a run begins with
  readonly until: number // share of its iterations
}

const looks = 4 // problems that are drawn for each one wanted, at most

/**
 * The problems of an iteration: at the beginning of a run those of some domains before any other, then as they come (arXiv:2503.22230,
 * section 3.3: mathematics and code first). Where too few of the domains are drawn, others take their place.
 */
export function earlyDomains(
  { field, domains, until }: EarlyOptions,
  { iteration, iterations }: Pick<Now, 'iteration' | 'iterations'>,
): NonNullable<Method['problems']> {
  if (iteration > until * iterations)
    return (draw, count) => Array.from({ length: count }, () => draw())
  return (draw, count) => {
    const [wanted, others]: [Problem[], Problem[]] = [[], []]
    for (let drawn = 0; drawn < looks * count && wanted.length < count; drawn++) {
      const problem = draw()
      if (domains.includes(String(problem.meta[field]))) wanted.push(problem)
      else others.push(problem)
    }
    return [...wanted, ...others].slice(0, count)
  }
}
