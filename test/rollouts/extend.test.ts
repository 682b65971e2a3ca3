import { beforeAll, describe, expect, test } from 'vitest'
import {
  closedSteps,
  type Extension,
  extend,
  isOver,
  type Path,
  unbegun,
} from '../../src/rollouts/extend.ts'
import { independent } from '../../src/rollouts/independent.ts'
import { maxTokens, problems, spied, tokenizer, toyPolicy, toySampler } from '../toy.ts'

const policy = toyPolicy(3)
const sampler = toySampler(policy)
const begin = unbegun(tokenizer.encode('q0'))
beforeAll(() => policy.spell(tokenizer.tokenBytes()))

const ask = (from: Path, n: number, until: Extension['until'], seed = 1) =>
  extend(sampler, [{ from, n, seed, until }]).then(([paths]) => paths!)

/** Steps and spans tile, and log-probabilities are the policy's own. */
async function isWhole(path: Path): Promise<void> {
  expect(path.logprobs_T).toHaveLength(path.ids.length)
  expect(path.sampledLogprobs_T).toHaveLength(path.ids.length)
  path.steps.forEach((step, s) => {
    expect(step.start).toBe(s === 0 ? 0 : path.steps[s - 1]!.end)
  })
  expect(path.steps.at(-1)!.end).toBe(path.ids.length)
  expect(path.spans).toEqual([{ start: 0, end: path.ids.length, role: 'policy' }])
  const [scores] = await policy.score([Int32Array.of(...path.promptIds, ...path.ids)])
  path.logprobs_T.forEach((logprob, t) => {
    expect(logprob).toBeCloseTo(scores!.logprobs[t]!, 5)
  })
}

test('to the end from nothing is an independent rollout', async () => {
  const options = { maxTokens, stopIds: sampler.stopIds }
  const paths = await ask(begin, 6, 'end', 7)
  const [same] = await policy.sample([{ ids: begin.promptIds, n: 6, seed: 7 }], options)
  expect(paths.map(({ ids }) => ids)).toEqual(same!.map(({ ids }) => ids))
  expect(paths.every(isOver)).toBe(true)
  const [group] = await independent(sampler, 1)([problems[0]!], 4)
  const [whole] = await ask(begin, 1, 'end')
  expect(Object.keys(whole!).sort()).toEqual(Object.keys(group!.rollouts[0]!).sort())
})

test('a path that a blank line paused goes on behind it, and keeps what it had', async () => {
  const steps = await ask(begin, 24, 'step')
  const paused = steps.filter(({ stop }) => stop === 'paused')
  expect(paused.length).toBeGreaterThan(0)
  for (const path of paused) {
    expect(path.text.endsWith('\n\n')).toBe(true)
    expect(path.steps).toHaveLength(1)
    expect(closedSteps(path)).toBe(1)
    await isWhole(path)
    for (const more of await ask(path, 3, 'end', 5)) {
      expect([...more.ids.subarray(0, path.ids.length)]).toEqual([...path.ids])
      expect(more.logprobs_T.subarray(0, path.ids.length)).toEqual(path.logprobs_T)
      expect(more.steps[0]).toEqual(path.steps[0])
      expect(more.text.startsWith(path.text)).toBe(true)
      await isWhole(more)
    }
  }
  for (const path of steps.filter(isOver)) await isWhole(path)
})

test('a path that stands within a step closes it when it goes on', async () => {
  const cut = (await ask(begin, 24, { tokens: 2 })).filter(
    path => path.stop === 'paused' && path.steps.at(-1)!.state === 'truncated',
  )
  expect(cut.length).toBeGreaterThan(0)
  for (const path of cut) {
    expect(path.ids).toHaveLength(2)
    expect(closedSteps(path)).toBe(path.steps.length - 1)
    const [more] = await ask(path, 1, 'step', 3)
    expect(more!.steps).toHaveLength(path.steps.length)
    expect(more!.steps.at(-1)!.text.startsWith(path.steps.at(-1)!.text)).toBe(true)
    await isWhole(more!)
  }
})

test('maxTokens counts all that follows the prompt, though paths of all lengths share a call', async () => {
  const short = (await ask(begin, 24, { tokens: 2 })).find(({ stop }) => stop === 'paused')!
  const long = (await ask(begin, 64, { tokens: 9 })).find(({ stop }) => stop === 'paused')!
  const { engine, calls } = spied(policy)
  const asked = [begin, short, long].map((from, seed) => {
    return { from, n: 24, seed, until: 'end' as const }
  })
  const lists = await extend({ ...sampler, engine }, asked)
  expect(calls.filter(({ verb }) => verb === 'sample')).toHaveLength(1)
  for (const path of lists.flat()) {
    expect(path.ids.length).toBeLessThanOrEqual(maxTokens)
    expect(path.stop).toBe(path.ids.at(-1) === tokenizer.eosId ? 'stop' : 'length')
    expect(path.ids.length === maxTokens || path.stop === 'stop').toBe(true)
    await isWhole(path)
  }
  expect(lists[2]!.some(({ stop }) => stop === 'length')).toBe(true)
})

test('the positions of the model end a path too', async () => {
  const narrow = { ...sampler, maxTokens: 1000 }
  const [paths] = await extend(narrow, [{ from: begin, n: 64, seed: 1, until: 'end' }])
  const full = paths!.filter(({ stop }) => stop === 'length')
  const room = policy.info.maxPositions - begin.promptIds.length
  expect(paths!.every(({ ids }) => ids.length <= room)).toBe(true)
  expect(full.every(({ ids }) => ids.length === room)).toBe(true)
})

describe('the seed decides, whatever else is asked for', () => {
  test('beside others', async () => {
    const [other] = (await ask(begin, 24, 'step')).filter(({ stop }) => stop === 'paused')
    const one: Extension = { from: begin, n: 3, seed: 9, until: 'step' }
    const all = await extend(sampler, [
      { ...one, from: other!, seed: 2 },
      one,
      { ...one, until: 'end' },
    ])
    expect(all[1]).toEqual((await extend(sampler, [one]))[0])
  })

  test('greedily there is one way', async () => {
    const one: Extension = { from: begin, n: 1, seed: 1, until: 'end', greedy: true }
    const [[a], [b]] = (await extend(sampler, [one, { ...one, seed: 2 }])) as [Path[], Path[]]
    expect(a!.ids).toEqual(b!.ids)
  })
})

test('a rollout that is over cannot go on', async () => {
  const [over] = (await ask(begin, 1, 'end')).filter(isOver)
  await expect(ask(over!, 1, 'step')).rejects.toThrow(`path 0 is over (${over!.stop})`)
})
