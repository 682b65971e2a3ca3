import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fakeEngine } from '../../src/engine/fake.ts'
import { ConfigError } from '../../src/errors.ts'
import { boundaryOf } from '../../src/rollouts/boundary.ts'
import { extend, type Path, unbegun } from '../../src/rollouts/extend.ts'
import { independent } from '../../src/rollouts/independent.ts'
import { splitSteps } from '../../src/rollouts/split-steps.ts'
import { problems, tokenBytesOf, tokenizer, toyPolicy, toySampler } from '../toy.ts'

const texts = (boundary: string, ...pieces: string[]) =>
  splitSteps(pieces, 'stop', false, boundaryOf(boundary)).map(({ start, end, text }) => [
    text,
    start,
    end,
  ])

test('a line, a blank line or a text closes a step, and is no part of it', () => {
  const pieces = ['a', '\n', 'b.', '\n\n', 'c']
  expect(texts('blank-line', ...pieces)).toEqual([
    ['a\nb.', 0, 4],
    ['c', 4, 5],
  ])
  expect(texts('line', 'a', '\r\n', 'b.', '\n', 'c')).toEqual([
    ['a', 0, 2],
    ['b.', 2, 4],
    ['c', 4, 5],
  ])
  expect(texts('</think>', 'so', '\n\n', '</thi', 'nk>', 'yes')).toEqual([
    ['so\n\n', 0, 4],
    ['yes', 4, 5],
  ])
  expect(texts('a.b*', 'x', 'a.b*', 'axb')).toEqual([
    ['x', 0, 2],
    ['axb', 2, 3],
  ])
  expect(() => boundaryOf('')).toThrow(ConfigError)
})

test('whatever closes them, steps tile the tokens', () => {
  const piece = fc.constantFrom('a', '\n', '\r\n', '\n\n', ' ', 'a\nb\n', '##', '#', '')
  fc.assert(
    fc.property(fc.array(piece), fc.constantFrom('blank-line', 'line', '##'), (pieces, name) => {
      const steps = splitSteps(pieces, 'length', false, boundaryOf(name))
      expect([0, ...steps.map(({ end }) => end)]).toEqual([
        ...steps.map(({ start }) => start),
        steps.at(-1)?.end ?? 0,
      ])
      expect(steps.at(-1)?.end ?? 0).toBe(pieces.length)
    }),
  )
})

test('a sampler stops behind the steps that it is to find, and rollouts have them', async () => {
  const engine = toyPolicy(3)
  await engine.spell(tokenizer.tokenBytes())
  const sampler = { ...toySampler(engine), boundary: boundaryOf('good') }
  const from = unbegun(Int32Array.of(5))
  const [paths] = await extend(sampler, [{ from, n: 8, seed: 1, until: 'step' }])
  const closed = paths!.filter(({ stop }) => stop === 'paused')
  expect(closed.length).toBeGreaterThan(0)
  for (const { ids, steps } of closed) {
    expect([ids.indexOf(3), steps.length]).toEqual([ids.length - 1, 1]) // token 3 spells it
    expect(steps[0]!.state).not.toBe('truncated')
  }
  const [group] = await independent(sampler, 8)(problems, 1)
  for (const { ids, steps, stop } of group!.rollouts) {
    const marks = [...ids].filter(id => id === 3).length
    const open = ids.at(-1) !== 3 || (stop === 'stop' && ids.at(-1) !== 3)
    expect(steps.length).toBe(marks + Number(open))
  }
})

test('what goes on line by line tiles its tokens, and is what the splitter makes of all of it', async () => {
  const words = ['<end>', '\n', 'a', 'b\n', '\n\n']
  const spelled = {
    ...tokenizer,
    vocabSize: words.length,
    eosId: 0,
    pieces: (ids: ArrayLike<number>) => Array.from(ids, id => (id === 0 ? '' : words[id]!)),
    tokenBytes: () => tokenBytesOf(words.map((text, id) => (id === 0 ? '' : text))),
  }
  const engine = fakeEngine({ vocabSize: words.length, maxPositions: 40, seed: 2 })
  await engine.spell(spelled.tokenBytes())
  const boundary = boundaryOf('line')
  const sampler = { engine, tokenizer: spelled, stopIds: [0], maxTokens: 24, boundary }
  for (let seed = 0; seed < 12; seed++) {
    let path: Path = unbegun(Int32Array.of(2))
    while (path.stop === 'paused')
      path = (
        await extend(sampler, [{ from: path, n: 1, seed: seed + path.ids.length, until: 'step' }])
      )[0]![0]!
    const { ids, steps, stop } = path
    const ended = stop === 'stop'
    expect(steps).toEqual(splitSteps(spelled.pieces(ids), stop, ended, boundary))
  }
})
