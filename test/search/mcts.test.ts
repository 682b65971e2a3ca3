import { expect, test } from 'vitest'
import { unbegun } from '../../src/rollouts/extend.ts'
import { mcts } from '../../src/search/mcts.ts'
import { answered, found, treeWorld } from './by-hand.ts'

const last = (scores: readonly number[]): number => scores.at(-1)!
const begin = unbegun(Int32Array.of(0))

test('goes where the value is, and turns back where it was deceived', () => {
  // a promises 0.9 and holds 0.1; c holds 0.8
  const scoreOf = (text: string): number =>
    text === 'a'
      ? 0.9
      : text.startsWith('a')
        ? 0.1
        : text === 'c'
          ? 0.6
          : text.startsWith('c')
            ? 0.8
            : 0.2
  const world = treeWorld(3, 3, scoreOf)
  const best = (n: number) =>
    found(mcts({ n, width: 3, exploration: 0.2, worth: last }), world)[0]!.path.text[0]
  expect(best(3)).toBe('a')
  expect(best(12)).toBe('c')
})

test('with enough simulations it sees the whole tree', () => {
  const { value, asks } = answered(
    mcts({ n: 60, width: 2, exploration: 50, worth: last })(begin, 1),
    treeWorld(2, 3, text => Number(text === 'bab')),
  )
  expect(value[0]!.path.text).toBe('b\n\na\n\nb')
  expect(value).toHaveLength(8)
  const from = asks.flatMap(ask => (ask.kind === 'extend' ? [ask.from.text] : []))
  expect(new Set(from).size).toBe(from.length) // no node is extended twice
  expect(from).toHaveLength(1 + 2 + 4)
})

test('one simulation gives an answer too', () => {
  const all = found(
    mcts({ n: 1, width: 2 }),
    treeWorld(2, 4, () => 0.5),
  )
  expect(all).toHaveLength(1)
  expect(all[0]!.path.stop).toBe('stop')
})

test('n and width of 0 are refused by name', () => {
  expect(() => mcts({ n: 0, width: 2 })).toThrow('mcts: n is 0; expected a whole number from 1')
  expect(() => mcts({ n: 2, width: 0 })).toThrow('mcts: width is 0')
})
