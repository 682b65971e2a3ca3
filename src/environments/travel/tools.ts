import { towns, type World } from './world.ts'

/**
 * What a tool says of the tables: `trips Ash Bay`, `inns Bay`, `eats Bay` or `sights Bay`, a row behind the other; null of anything
 * else.
 */
export function lookedUp({ trips, inns, eats, sights }: World, asked: string): string | null {
  const [tool, a, b, ...rest] = asked.trim().split(/\s+/)
  const isTown = (name: string | undefined): boolean => towns.some(town => town === name)
  if (!isTown(a) || rest.length > 0 || (tool === 'trips') !== isTown(b)) return null
  if (tool !== 'trips' && b !== undefined) return null
  const here = <T extends { readonly town: string }>(
    of: ReadonlyMap<string, T>,
    told: (thing: T) => readonly unknown[],
  ): string => rows([...of].filter(([, { town }]) => town === a).map(([n, x]) => [n, ...told(x)]))
  if (tool === 'inns')
    return here(inns, ({ room, price, nights, allows }) => [
      ...[room, price, `${nights}n`, ...allows],
    ])
  if (tool === 'eats') return here(eats, ({ cuisine, price }) => [cuisine, price])
  if (tool === 'sights') return here(sights, () => [])
  if (tool !== 'trips') return null
  const found = [...trips].filter(([, { from, to }]) => from === a && to === b)
  return found.length === 0
    ? null
    : rows(found.map(([name, { mode, price }]) => [name, mode, price]))
}

function rows(of: readonly (readonly unknown[])[]): string {
  return of.map(row => row.join(' ')).join(', ')
}
