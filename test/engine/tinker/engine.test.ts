import { expect, test } from 'vitest'
import { sequences, weights } from '../subject.ts'
import { faultsOf } from './server/faults.ts'
import { openOn, serve } from './subject.ts'

test.each([false, true])(
  'the base stays what it was, first log-probability null: %s',
  async leadingNull => {
    const server = await serve({ leadingNull })
    const engine = await openOn(server)
    const all = [...sequences(engine, 6, 9), Int32Array.of(3)]
    const before = await engine.score(all)
    const [ids] = all
    await engine.accumulate([{ ids: ids!, weights: weights(ids!) }])
    await engine.step({ learningRate: 0.1, clipNorm: null })
    expect(await engine.score(all)).not.toEqual(before)
    expect(await engine.base!.score(all)).toEqual(before)
    server.restart()
    expect(await engine.base!.score(all)).toEqual(before)
    await engine.close()
  },
)

test('requests in flight are bounded', async () => {
  const server = await serve()
  const engine = await openOn(server, {}, { inFlight: 3 })
  let [asked, answered, most] = [0, 0, 0]
  server.faults = path => {
    if (path === 'asample') asked++
    if (path === 'retrieve_future') answered++
    most = Math.max(most, asked - answered)
    return null
  }
  const requests = Array.from({ length: 12 }, (_, seed) => ({ ids: Int32Array.of(3), n: 1, seed }))
  expect(await engine.sample(requests, { maxTokens: 4, stopIds: [] })).toHaveLength(12)
  expect(asked).toBe(12)
  expect(most).toBeLessThanOrEqual(3)
  await engine.close()
})

test('a publication is sampled at once, never an old one, and made once for all who ask', async () => {
  const server = await serve()
  const engine = await openOn(server)
  const [ids] = sequences(engine, 4)
  const sample = () => engine.sample([{ ids: ids!, n: 1, seed: 1 }], { maxTokens: 4, stopIds: [] })
  const learn = async () => {
    await engine.accumulate([{ ids: ids!, weights: weights(ids!) }])
    await engine.step({ learningRate: 0.1, clipNorm: null })
  }
  await learn()
  await Promise.all([sample(), sample(), learn()])
  await sample()
  await learn()
  const kinds = { save_weights_for_sampler: 'publish', asample: 'sample', optim_step: 'step' }
  const order = server.requests.flatMap(({ path }) => kinds[path as keyof typeof kinds] ?? [])
  const expected = 'step publish sample sample step publish sample step'
  expect(order.join(' ')).toBe(expected)
  await engine.close()
})

test('seeds of any size stay in those of a server, and differ where they differ', async () => {
  const server = await serve()
  const engine = await openOn(server)
  const seeds = [0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 40 + 5, -7]
  const requests = seeds.map(seed => ({ ids: Int32Array.of(3), n: 3, seed }))
  await engine.sample(requests, { maxTokens: 2, stopIds: [] })
  const sent = server.requests.filter(({ path }) => path === 'asample')
  const found = sent.map(({ body }) => body.sampling_params.seed as number)
  expect(found.every(seed => seed >= 0 && seed + 3 < 2 ** 31)).toBe(true)
  expect(new Set(found).size).toBe(seeds.length)
  await engine.close()
})

test('what is learned is kept on the server now and then, and only the last', async () => {
  const server = await serve()
  const engine = await openOn(server, {}, { training: { keepEvery: 2 } })
  const [ids] = sequences(engine, 6)
  const taken: number[] = []
  for (let i = 0; i < 5; i++) {
    await engine.accumulate([{ ids: ids!, weights: weights(ids!) }])
    await engine.step({ learningRate: 0.1, clipNorm: null })
    expect(server.saved).toHaveLength(1)
    taken.push(Number(/kept-(\d+)-/.exec(server.saved[0]!)![1]))
  }
  expect(taken).toEqual([0, 2, 2, 4, 4])
  const before = server.steps
  server.faults = faultsOf(/^forward$/, 'restart')
  await engine.score([ids!])
  expect(server.steps - before).toBe(1) // the one since
  await engine.close()
  expect(server.saved).toEqual([])
})

test('a state that the server will not keep undoes no step', async () => {
  const server = await serve()
  const said: string[] = []
  const say = (line: string) => void said.push(line)
  const engine = await openOn(server, {}, { training: { keepEvery: 1 }, say })
  const [ids] = sequences(engine, 6)
  server.faults = faultsOf(/^save_weights$/, 'refused')
  for (let version = 1; version < 3; version++) {
    await engine.accumulate([{ ids: ids!, weights: weights(ids!) }])
    const { applied } = await engine.step({ learningRate: 0.1, clipNorm: null })
    expect([applied, engine.version]).toEqual([true, version])
  }
  expect(said).toEqual([
    expect.stringContaining('422: told to refuse; 1 steps are remembered here instead'),
  ])
  expect(server.saved).toEqual([expect.stringMatching(/kept-2-/)])
  await engine.close()
})
