import type { Scorer } from '../method.ts'

/**
 * Runs two scorers side by side and merges what they find of each group; named parts are merged by name. Throws RangeError
 * where both find the same.
 */
export function both<A extends object, B extends object>(
  a: Scorer<A>,
  b: Scorer<B>,
): Scorer<A & B> {
  const scorer: Scorer<A & B> = async (groups, signal) => {
    const [first_P, second_P] = await Promise.all([a(groups, signal), b(groups, signal)])
    if (first_P.length !== groups.length || second_P.length !== groups.length)
      throw new RangeError(
        `both: rewards of ${first_P.length} and ${second_P.length} groups for ${groups.length}`,
      )
    return first_P.map((first, p) => merged(first, second_P[p]!))
  }
  const begin: Scorer<A & B>['begin'] = (group, signal) => {
    a.begin?.(group, signal)
    b.begin?.(group, signal)
  }
  return Object.assign(scorer, { begin })
}

function merged<A extends object, B extends object>(a: A, b: B): A & B {
  const [parts, others] = [
    { ...partsOf(a), ...partsOf(b) },
    { ...a, ...b },
  ]
  for (const [where, [x, y]] of [
    ['', [a, b]],
    ['parts_G.', [partsOf(a), partsOf(b)]],
  ] as const)
    for (const name of Object.keys(x))
      if (Object.hasOwn(y, name) && name !== 'parts_G')
        throw new RangeError(
          `both: two scorers give ${where}${name}; one of them can be learned from`,
        )
  return Object.keys(parts).length === 0 ? others : { ...others, parts_G: parts }
}

function partsOf(found: object): object {
  return (found as { readonly parts_G?: object }).parts_G ?? {}
}
