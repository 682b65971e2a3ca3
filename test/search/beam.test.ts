import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../src/errors.ts'
import { hashSeed, random } from '../../src/numbers/random.ts'
import { unbegun } from '../../src/rollouts/extend.ts'
import { type BeamOptions, beam } from '../../src/search/beam.ts'
import { dvts } from '../../src/search/dvts.ts'
import { earlyRejection } from '../../src/search/early-rejection.ts'
import { lookahead } from '../../src/search/lookahead.ts'
import type { Search } from '../../src/search/search.ts'
import { stepWiseBestOfN } from '../../src/search/step-wise-best-of-n.ts'
import { answered, found, treeWorld } from './by-hand.ts'

/** A score of a node's text that has no pattern. */
const noise = (text: string): number => random(7, text)()
const last = (scores: readonly number[]): number => scores.at(-1)!
const textOf = (search: Search, world: Parameters<typeof found>[1], seed = 1) =>
  found(search, world, seed)[0]!.path.text.replaceAll('\n\n', '')

test('a beam as wide as the tree finds what is best of all', () => {
  const leaves = [...'abc'].flatMap(a => [...'abc'].flatMap(b => [...'abc'].map(c => a + b + c)))
  for (const [worth, of] of [
    [last, noise],
    [undefined, (leaf: string) => Math.min(...[1, 2, 3].map(s => noise(leaf.slice(0, s))))],
  ] as const) {
    const best = leaves.reduce((a, b) => (of(b) > of(a) ? b : a))
    const wide = beam({ n: 27, width: 3, ...(worth && { worth }) })
    expect(textOf(wide, treeWorld(3, 3, noise))).toBe(best)
  }
  // of one path it goes wrong where the first step deceives
  const deceived = (text: string): number => (text === 'a' ? 1 : text.startsWith('a') ? 0 : 0.5)
  expect(textOf(beam({ n: 27, width: 3, worth: last }), treeWorld(3, 3, deceived))[0]).not.toBe('a')
  expect(textOf(stepWiseBestOfN({ n: 3, worth: last }), treeWorld(3, 3, deceived))[0]).toBe('a')
})

test('n candidates of a step, of which n / width go on in `width` ways', () => {
  const { asks } = answered(
    beam({ n: 8, width: 4 })(unbegun(Int32Array.of(0)), 1),
    treeWorld(8, 3, noise),
  )
  const extended = asks.filter(ask => ask.kind === 'extend')
  expect(extended.map(({ n, from }) => [n, from.steps.length])).toEqual([
    [8, 0],
    [4, 1],
    [4, 1],
    [4, 2],
    [4, 2],
  ])
  expect(new Set(extended.map(({ seed }) => seed)).size).toBe(5)
  // 8 of each depth, each judged once
  expect(
    asks
      .filter(ask => ask.kind === 'score')
      .map(({ path, known }) => path.steps.length - known.length),
  ).toEqual(new Array(24).fill(1))
})

test('an answer stays in the beam until better ones come', () => {
  // a ends at once: depth 1 for it, 2 for the others
  const world = (ofA: number) => {
    const tree = treeWorld(4, 2, text => (text === 'a' ? ofA : 0.4 + noise(text) / 10))
    const extend: typeof tree.extend = asked =>
      tree
        .extend(asked)
        .map(path => (path.text === 'a' ? { ...path, stop: 'stop' as const } : path))
    return { ...tree, extend }
  }
  expect(textOf(beam({ n: 4, width: 2 }), world(0.9))).toBe('a')
  expect(textOf(beam({ n: 4, width: 2 }), world(0.1))).toHaveLength(2)
})

test('DVTS is independent beams of one path each', () => {
  const world = treeWorld(5, 4, noise)
  const grow: typeof world.extend = asked => {
    const draw = random(asked.seed)
    return Array.from({ length: asked.n }, () => {
      return world.extend({ ...asked, n: 5 })[Math.floor(5 * draw())]!
    })
  }
  const drawn = { ...world, extend: grow } // as a policy would
  const all = found(dvts({ n: 12, width: 4 }), drawn, 9)
  const alone = [0, 1, 2].map(i =>
    found(beam({ n: 4, width: 4 }), drawn, hashSeed(9, 'subtree', i)),
  )
  expect(new Set(all)).toEqual(new Set(alone.flat()))
  expect(new Set(all.map(({ path }) => path.text)).size).toBeGreaterThan(1)
  expect(all.map(({ score }) => score)).toEqual(
    all.map(({ score }) => score!).sort((a, b) => b - a),
  )
  expect(found(stepWiseBestOfN({ n: 4 }), drawn, 3)).toEqual(
    found(beam({ n: 4, width: 4 }), drawn, 3),
  )
})

test('lookahead sees where a step leads; with none it is beam search', () => {
  // a looks best and leads nowhere; b leads somewhere
  const scoreOf = (text: string): number =>
    text === 'a' ? 0.9 : text === 'b' ? 0.5 : text.startsWith('b') ? 0.7 : 0.1
  const world = treeWorld(2, 3, scoreOf)
  const options: BeamOptions = { n: 2, width: 2, worth: last }
  expect(textOf(beam(options), world)[0]).toBe('a')
  expect(textOf(lookahead({ ...options, ahead: 0 }), world)[0]).toBe('a')
  expect(textOf(lookahead({ ...options, ahead: 1 }), world)[0]).toBe('b')
  const { asks } = answered(
    lookahead({ ...options, ahead: 1 })(unbegun(Int32Array.of(0)), 1),
    world,
  )
  const greedy = asks.filter(ask => ask.kind === 'extend').filter(ask => ask.greedy)
  expect(greedy.length).toBeGreaterThan(0)
  expect(greedy.every(({ n }) => n === 1)).toBe(true)
})

test('what has no end after maxSteps goes on to it', () => {
  const all = found(beam({ n: 4, width: 2, maxSteps: 1 }), treeWorld(4, 3, noise))
  expect(all).toHaveLength(2)
  expect(all.every(({ path }) => path.stop === 'stop' && path.steps.length === 3)).toBe(true)
})

describe('refused by name', () => {
  test.each([
    ['a width that does not divide n', 6, 4, 'n is 6, no multiple of the width 4'],
    ['no candidate', 0, 4, 'n is 0; expected a whole number from 1'],
    ['no width', 4, 0, 'width is 0; expected a whole number from 1'],
  ])('%s', (_, n, width, message) => {
    for (const [name, search] of [
      ['beam', beam],
      ['dvts', dvts],
      ['lookahead', lookahead],
      ['early-rejection', earlyRejection],
    ] as const) {
      expect(() => search({ n, width })).toThrow(ConfigError)
      expect(() => search({ n, width })).toThrow(`${name}: ${message}`)
    }
  })

  test('settings that are no whole numbers', () => {
    expect(() => lookahead({ n: 4, width: 4, ahead: -1 })).toThrow('ahead is -1')
    expect(() => earlyRejection({ n: 4, width: 4, tokens: 0 })).toThrow('tokens is 0')
    expect(() => beam({ n: 4, width: 4, maxSteps: 0 })).toThrow('maxSteps is 0')
  })
})
