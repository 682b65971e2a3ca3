import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bucketPrefixes, cutGroup, prefixGroups } from '../../../src/engine/onnx/prefixes.ts'

const of = (...ids: string[]): Int32Array[] =>
  ids.map(text => Int32Array.from(text, c => c.charCodeAt(0)))

describe('groups', () => {
  test('what begins alike is together, all but the last token that is shared', () => {
    const sequences = of('prompt: yes', 'another one', 'prompt: no', 'prompt: maybe', 'x')
    expect(prefixGroups(sequences)).toEqual([
      { members: [0, 2, 3], prefix: 7 },
      { members: [1], prefix: 0 },
      { members: [4], prefix: 0 },
    ])
  })

  test('of a tree the level that saves most', () => {
    const trunk = 'a trunk of so many tokens'
    const branches = ['', 'long branch on it '.repeat(4)].flatMap(branch =>
      ['leaf', 'bud', 'twig'].map(end => trunk + (branch || 'short ') + end),
    )
    const all = prefixGroups(of(...branches))
    expect(all.map(({ members }) => members)).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ])
    expect(all[1]!.prefix).toBe(trunk.length + 72 - 1)
  })

  test('equal sequences leave each a token of its own', () => {
    expect(prefixGroups(of('the same', 'the same'))).toEqual([{ members: [0, 1], prefix: 7 }])
    expect(prefixGroups(of('s', 's'))).toEqual([
      { members: [0], prefix: 0 },
      { members: [1], prefix: 0 },
    ])
    expect(prefixGroups(of('', 'a', ''))).toHaveLength(3)
    expect(prefixGroups([])).toEqual([])
  })

  test('a beginning that is not worth it is read apart', () => {
    const long = 'x'.repeat(100)
    expect(prefixGroups(of(`same ${long}`, `same ${long.replaceAll('x', 'y')}`))).toHaveLength(2)
  })

  test('every sequence is in one group, and shares its prefix and the token after it', () => {
    const tokens = fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 12 })
    fc.assert(
      fc.property(fc.array(tokens, { maxLength: 20 }), rows => {
        const sequences = rows.map(row => Int32Array.from(row))
        const groups = prefixGroups(sequences)
        expect(groups.flatMap(({ members }) => members).sort((a, b) => a - b)).toEqual([
          ...rows.keys(),
        ])
        for (const { members, prefix } of groups) {
          expect(members.length > 1).toBe(prefix > 0)
          if (prefix === 0) continue
          const beginnings = members.map(i => rows[i]!.slice(0, prefix + 1).join())
          expect(new Set(beginnings).size).toBe(1)
          for (const i of members) expect(rows[i]!.length).toBeGreaterThan(prefix)
        }
      }),
    )
  })
})

test('a group in parts keeps its prefix where a part has more than one', () => {
  expect(cutGroup({ members: [3, 5], prefix: 6 }, 4)).toHaveLength(2)
  expect(cutGroup({ members: [3, 4, 5, 7, 9], prefix: 6 }, 3)).toEqual([
    { members: [3], prefix: 0 },
    { members: [4, 5], prefix: 6 },
    { members: [7, 9], prefix: 6 },
  ])
})

describe('buckets', () => {
  const limits = (budget: number) => ({ budget: () => budget, positions: 1000 })
  const lengths = [20, 21, 22, 40, 41, 20, 20]
  const groups = [
    { members: [0, 1, 2], prefix: 12 },
    { members: [3, 4], prefix: 10 },
    { members: [5, 6], prefix: 15 },
  ]

  test('hold the longest of everything, and a slot that is free in every prefix', () => {
    expect(bucketPrefixes(groups, lengths, limits(4096))).toEqual([
      { groups: [groups[1], groups[0], groups[2]], prefix: 16, members: 3, end: 32 },
    ])
    const [full] = bucketPrefixes([{ members: [0, 1], prefix: 16 }], lengths, limits(4096))
    expect(full!.prefix).toBe(24)
    const tight = { budget: () => 4096, positions: 17 }
    expect(bucketPrefixes([{ members: [0, 1], prefix: 16 }], [17, 17], tight)[0]!.prefix).toBe(17)
  })

  test('keep the budget, and cut a group that is larger', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 400 }), budget => {
        const buckets = bucketPrefixes(groups, lengths, limits(budget))
        const members = buckets.flatMap(bucket => bucket.groups.flatMap(group => group.members))
        expect(members.sort()).toEqual([0, 1, 2, 3, 4, 5, 6])
        for (const { groups: own, prefix, members: most, end } of buckets)
          expect(own.length * (prefix + most * end)).toBeLessThanOrEqual(budget)
      }),
    )
    expect(
      bucketPrefixes([groups[0]!], lengths, limits(30)).map(b => b.groups[0]!.members),
    ).toEqual([[0], [1], [2]])
  })
})
