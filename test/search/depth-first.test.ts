import { expect, test } from 'vitest'
import { mean } from '../../src/numbers/numeric.ts'
import { unbegun } from '../../src/rollouts/extend.ts'
import { depthFirst } from '../../src/search/depth-first.ts'
import { weightedBestOfN } from '../../src/search/weighted-best-of-n.ts'
import { answered, found, pathOf, treeWorld } from './by-hand.ts'

const textOf = (one: { readonly path: { readonly text: string } }) =>
  one.path.text.replaceAll('\n\n', '')
/** b is worth more than a, and c least; deeper steps as much as their own letter. */
const scores: Readonly<Record<string, number>> = { a: 0.5, b: 0.9, c: 0.1, d: 0.4, e: 0.3 }
const world = treeWorld(5, 2, text => scores[text.at(-1)!]!)

test('the best way first, to its end, then its neighbours, until there are n answers', () => {
  const search = depthFirst({ n: 3, width: 5, worth: mean })
  const { value, asks } = answered(search(unbegun(Int32Array.of(0)), 1), world)
  expect(value.map(textOf)).toEqual(['bb', 'ba', 'bd'])
  expect(value.map(({ score }) => score)).toEqual(
    [0.9, 0.7, 0.65].map(score => expect.closeTo(score, 9)),
  )
  expect(asks.filter(({ kind }) => kind === 'extend')).toHaveLength(2) // the top, and b
})

test('pruned ways are never followed; what is worth too little only until there is an answer', () => {
  const all = (options: object) =>
    found(depthFirst({ n: 100, width: 5, worth: mean, ...options }), world).map(textOf)
  expect(all({ prune: 0 })).toHaveLength(25)
  expect(all({ prune: 0.4 }).sort()).toEqual(
    ['a', 'b', 'd'].flatMap(x => ['a', 'b', 'd'].map(y => x + y)),
  )
  expect(all({ prune: 0.8 })).toEqual(['bb'])
  expect(all({ prune: 0, least: 0.75 })).toEqual(['bb'])
  expect(all({ prune: 0, least: 5 })).toEqual(['bb']) // the first answer comes whatever it is worth
})

test('a path of maxSteps goes on to its end by itself', () => {
  const deep = treeWorld(2, 4, text => scores[text.at(-1)!]!)
  expect(found(depthFirst({ n: 1, width: 2, maxSteps: 1 }), deep).map(textOf)).toEqual(['baaa'])
})

test('without scores it still finds answers; wrong settings are refused', () => {
  const silent = {
    ...world,
    score: ({ steps }: { steps: readonly unknown[] }) => steps.map(() => null),
  }
  expect(found(depthFirst({ n: 2, width: 5 }), silent)).toHaveLength(1) // others are not known to be worth it
  expect(() => depthFirst({ n: 0, width: 2 })).toThrow('depth-first: n is 0')
})

test('the weighted vote of arXiv:2502.07191: 0.1 and 0.2 of A against 0.9 of B; the plain vote is A', () => {
  const answers = ['A', 'A', 'B'].map(text => pathOf([text], 'stop'))
  const given = [0.1, 0.2, 0.9].values()
  const vote = {
    extend: () => answers.map((path, i) => ({ ...path, ids: Int32Array.of(i) })),
    score: () => [given.next().value!],
    same: (texts: readonly string[]) => texts.map(text => text.charCodeAt(0)),
  }
  expect(found(weightedBestOfN({ n: 3 }), vote).map(textOf)[0]).toBe('B')
})
