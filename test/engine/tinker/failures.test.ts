import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { TinkerEngine } from '../../../src/engine/tinker/engine.ts'
import { ConfigError, EngineError } from '../../../src/errors.ts'
import { close, sequences, weights } from '../subject.ts'
import { faultsOf, noFaults } from './server/faults.ts'
import type { TinkerServer } from './server/server.ts'
import { openOn, quick, serve } from './subject.ts'

/** Three steps, each on the same two sequences with other weights. */
async function learn(engine: TinkerEngine): Promise<void> {
  const all = sequences(engine, 6, 9)
  for (let i = 0; i < 3; i++) {
    await engine.accumulate(all.map(ids => ({ ids, weights: weights(ids, i + 1) })))
    await engine.step({ learningRate: 1e-2, clipNorm: null })
  }
}

let unbroken: Promise<Float32Array> | null = null

/** The weights after three steps where nothing fails. */
function expected(): Promise<Float32Array> {
  unbroken ??= (async () => {
    const server = await serve()
    await learn(await openOn(server))
    return server.values
  })()
  return unbroken
}

describe('before anything is learned', () => {
  test('an address where nobody answers', async () => {
    const server = await serve()
    const { url, info } = server
    await server.close()
    const opening = openOn(
      { url, info } as TinkerServer,
      {},
      { patience: { ...quick, goneMs: 30 } },
    )
    await expect(opening).rejects.toThrow(EngineError)
    await expect(opening).rejects.toThrow(/ECONNREFUSED.*is it running/)
  })

  test('an address where somebody else answers', async () => {
    const server = await serve()
    server.faults = () => 'garbage'
    await expect(openOn(server)).rejects.toThrow('does it speak the Tinker protocol')
  })

  test('a model that the server has not', async () => {
    const server = await serve()
    const opening = openOn(server, {}, { baseModel: 'Qwen/Qwen3-8B' })
    await expect(opening).rejects.toThrow('no model Qwen/Qwen3-8B; it has tabular')
    expect(server.loaded).toBe(0)
  })

  test('a key goes to this machine in its header, and is never told', async () => {
    const server = await serve({ key: 'tml-secret' })
    const engine = await openOn(server, {}, { apiKey: 'tml-secret' })
    expect(new Set(server.keys)).toEqual(new Set(['tml-secret']))
    await engine.close()
    const wrong = await openOn(server, {}, { apiKey: 'tml-other' }).catch((error: Error) => error)
    expect(wrong).toMatchObject({ message: expect.stringMatching(/401: Invalid API key/) })
    expect(String(wrong)).not.toContain('tml-other')
  })

  test('a key does not travel in clear', async () => {
    const server = { url: 'http://example.org', info: (await serve()).info } as TinkerServer
    const opening = openOn(server, {}, { apiKey: 'tml-secret' })
    await expect(opening).rejects.toThrow(ConfigError)
    await expect(opening).rejects.toThrow('a key would go there in clear')
    await expect(opening).rejects.not.toThrow('tml-secret')
  })

  test('a server that has no room is waited for', async () => {
    const server = await serve({ slots: 1 })
    const first = await openOn(server)
    const said: string[] = []
    const waiting = openOn(server, {}, { say: line => void said.push(line) })
    await until(() => said.length > 0)
    await first.close()
    const second = await waiting
    expect(said.join()).toContain('Maximum number of LoRA adapters (2) reached; waiting for room')
    const third = openOn(server, {}, { patience: { ...quick, goneMs: 30 } })
    await expect(third).rejects.toThrow('it has had no room for as long as is waited')
    await second.close()
  })
})

describe('a model that is lost is made again, and learns what it would have learned', () => {
  test.each([
    ['when a server starts anew', 'restart', true],
    ['when the answer to a step is lost', 'lost answer', true],
    [
      'when the answer to a step is lost, and asking again would take it twice',
      'lost answer',
      false,
    ],
    ['when a step is taken, and an error answered', 'error after', false],
    ['when the result of a step is lost', 'lost result', true],
    ['when the result of a step has expired', 'expired', false],
    ['when a step fails on the server', 'broken result', true],
    ['when a request arrives twice', 'doubled', true],
  ] as const)('%s', async (_, fault, idempotent) => {
    const server = await serve({ idempotent })
    const engine = await openOn(server, { idempotent })
    let steps = 0
    server.faults = path => {
      const result = /result|expired/.test(fault)
      if (path === 'optim_step') steps++
      return steps === 2 && path === (result ? 'retrieve_future' : 'optim_step') ? once() : null
    }
    let left = 1
    const once = () => (left-- > 0 ? fault : null)
    await learn(engine)
    expect(left).toBeLessThan(1)
    expect(server.values).toEqual(await expected())
    expect(engine.version).toBe(3)
  })

  test('when its weights are no numbers any more', async () => {
    const server = await serve()
    const engine = await openOn(server)
    await learn(engine)
    const before = await engine.score(sequences(engine, 6))
    server.poison()
    expect(await engine.score(sequences(engine, 6))).toEqual(before)
    expect(server.values).toEqual(await expected())
  })

  test('when a gradient is not finite, which only its norm says', async () => {
    const server = await serve()
    const engine = await openOn(server)
    await learn(engine)
    server.faults = faultsOf(/^optim_step$/, 'poison')
    const [ids] = sequences(engine, 6)
    await engine.accumulate([{ ids: ids!, weights: weights(ids!) }])
    const step = await engine.step({ learningRate: 1e-2, clipNorm: null })
    expect(step).toEqual({ gradNorm: Number.NaN, applied: false })
    await engine.score([ids!])
    expect(engine.version).toBe(3)
    expect(server.values).toEqual(await expected())
  })

  test('after the process of the server was ended and started again at its address', async () => {
    const server = await serve()
    const engine = await openOn(server)
    const port = Number(new URL(server.url).port)
    await server.close()
    const learning = learn(engine)
    await new Promise(resolve => setTimeout(resolve, 20))
    server.restart()
    await server.listen(port)
    await learning
    expect(server.values).toEqual(await expected())
  })

  test('samples are those of the same weights', async () => {
    const plain = await openOn(await serve())
    const server = await serve()
    const engine = await openOn(server)
    server.faults = faultsOf(/^asample$/, null, 'restart', null, 'lost answer', 'cut answer')
    const requests = sequences(engine, 4, 5, 6, 7).map((ids, seed) => ({ ids, n: 2, seed }))
    const options = { maxTokens: 8, stopIds: [1] }
    expect(await engine.sample(requests, options)).toEqual(await plain.sample(requests, options))
  })
})

describe('what cannot be made good', () => {
  test('a server that is gone says what it needs', async () => {
    const server = await serve()
    const engine = await openOn(server, {}, { patience: { ...quick, goneMs: 30 } })
    await server.close()
    const gone = /ECONNREFUSED.*start the server again.*go on from the last checkpoint/
    await expect(engine.score(sequences(engine, 6))).rejects.toThrow(EngineError)
    await expect(engine.score(sequences(engine, 6))).rejects.toThrow(gone)
    await engine.close()
  })

  test('a server without its disk says which state is gone', async () => {
    const server = await serve()
    const engine = await openOn(server)
    await learn(engine)
    server.restart()
    server.forget()
    const asked = engine.score(sequences(engine, 6))
    await expect(asked).rejects.toThrow(EngineError)
    await expect(asked).rejects.toThrow(/no longer has .*kept-0.*from the last checkpoint/)
  })

  test('results that never come', async () => {
    const server = await serve({ holdMs: 5 })
    const patience = { ...quick, resultMs: 500 }
    const engine = await openOn(server, {}, { patience, training: { mostRecoveries: 1 } })
    server.never = /^forward$/
    const asked = engine.score(sequences(engine, 6))
    await expect(asked).rejects.toThrow(
      'forward: its result never came; this came 2 times in a row',
    )
    server.never = null
    expect(await engine.score(sequences(engine, 6))).toHaveLength(1)
  })

  test('what a server refuses is told in its words, and the model goes on as it was', async () => {
    const server = await serve()
    const engine = await openOn(server)
    await learn(engine)
    server.faults = faultsOf(/^forward_backward$/, 'refused')
    const [ids] = sequences(engine, 6)
    await engine.accumulate([{ ids: ids!, weights: weights(ids!) }])
    await expect(engine.step({ learningRate: 1, clipNorm: null })).rejects.toThrow(
      'forward_backward: 422: told to refuse',
    )
    await engine.clear()
    await engine.score([ids!])
    expect(server.values).toEqual(await expected())
  })
})

test('an abort ends what waits for a result that never comes', async () => {
  const server = await serve({ holdMs: 5 })
  const engine = await openOn(server)
  server.never = /^asample$/
  const controller = new AbortController()
  const options = { maxTokens: 4, stopIds: [], signal: controller.signal }
  const [ids] = sequences(engine, 4)
  const asked = engine.sample([{ ids: ids!, n: 1, seed: 0 }], options)
  const ended = expect(asked).rejects.toMatchObject({ name: 'AbortError' })
  await until(() => server.requests.some(({ path }) => path === 'retrieve_future'))
  controller.abort()
  await ended
  server.never = null
  await engine.step({ learningRate: 0, clipNorm: null })
  await engine.close()
})

test('a session is kept alive from its first moment', async () => {
  const server = await serve()
  const engine = await openOn(server, {}, { training: { heartbeatMs: 5 } })
  const beats = () => server.requests.filter(({ path }) => path === 'session_heartbeat').length
  expect(beats()).toBeGreaterThan(0)
  const before = beats()
  await until(() => beats() > before + 2)
  await engine.close()
})

describe('what is never sent', () => {
  test('nothing to read, single tokens, and numbers past float32', async () => {
    const server = await serve()
    const engine = await openOn(server)
    const { length } = server.requests
    const one = Int32Array.of(3)
    expect(await engine.score([])).toEqual([])
    expect((await engine.score([one]))[0]!.logprobs).toHaveLength(0)
    await engine.accumulate([{ ids: one, weights: new Float32Array(0) }])
    await engine.accumulate([])
    expect(server.requests).toHaveLength(length)
    const ids = Int32Array.of(3, 4, 5)
    await engine.accumulate([{ ids, weights: Float32Array.of(3e38, 0) }]) // times 2 tokens
    const sent = server.requests.length
    expect(await engine.step({ learningRate: 1, clipNorm: null })).toEqual({
      gradNorm: Number.NaN,
      applied: false,
    })
    expect(server.requests).toHaveLength(sent)
    await engine.close()
  })

  test('more than a request holds: batches learn what one does', async () => {
    const server = await serve()
    const engine = await openOn(server, {}, { batching: { sequences: 1, tokens: 100 } })
    await learn(engine)
    const passes = server.requests.filter(({ path }) => path === 'forward_backward')
    expect(passes).toHaveLength(6)
    expect(server.values).toEqual(await expected())
  })
})

test('a model whose state is not there any more is what it was', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'minform-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const server = await serve({ slots: 1 })
  const engine = await openOn(server)
  await engine.save(join(folder, 'a'), { optimizer: true, merge: false })
  server.forget()
  await learn(engine)
  await engine.save(join(folder, 'b'), { optimizer: true, merge: false })
  const before = server.values
  const restored = engine.restore(join(folder, 'a'))
  await expect(restored).rejects.toThrow(EngineError)
  await expect(restored).rejects.toThrow(/no longer has .*saved-0/)
  expect(engine.version).toBe(3)
  await engine.score(sequences(engine, 6))
  expect(server.values).toEqual(before)
  await engine.restore(join(folder, 'b'))
  expect(engine.version).toBe(3)
  expect(server.loaded).toBe(1)
})

test('closing does not wait for a server that is gone', async () => {
  const server = await serve()
  const engine = await openOn(server)
  await server.close()
  const scoring = expect(engine.score(sequences(engine, 6))).rejects.toThrow('the engine is closed')
  await engine.close()
  await scoring
})

test('what the same weights sampled is learned without being read again', async () => {
  const server = await serve()
  const engine = await openOn(server)
  const plain = await openOn(await serve())
  const prompts = sequences(engine, 4, 7)
  const requests = prompts.map((ids, seed) => ({ ids, n: 2, seed }))
  const passes = () => server.requests.filter(({ path }) => path === 'forward').length
  const sampled = (await engine.sample(requests, { maxTokens: 6, stopIds: [1] })).flat()
  const learned = sampled.map(({ ids }, i) => {
    const prompt = prompts[i >> 1]!
    const whole = Int32Array.of(...prompt, ...ids)
    return { ids: whole, weights: weights(whole).fill(0, 0, prompt.length - 1) }
  })
  const scores = await engine.accumulate(learned)
  expect(passes()).toBe(0)
  for (const [i, { logprobs }] of (await plain.accumulate(learned)).entries())
    close(
      logprobs.filter(x => !Number.isNaN(x)),
      scores[i]!.logprobs.filter(x => !Number.isNaN(x)),
      1e-6,
    )
  const steps = [engine, plain].map(one => one.step({ learningRate: 0.1, clipNorm: null }))
  const [one, other] = await Promise.all(steps)
  expect(one).toEqual(other)
  await engine.accumulate(learned) // by other weights
  expect(passes()).toBe(1)
})

test('a run goes on where its folder says, on a server that was started anew', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'minform-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const server = await serve()
  const engine = await openOn(server)
  await learn(engine)
  await engine.save(join(folder, 'a'), { optimizer: true, merge: false })
  await learn(engine)
  const whole = server.values
  server.restart() // the process of the run ends with it
  const again = await openOn(server)
  await again.restore(join(folder, 'a'))
  expect(again.version).toBe(3)
  expect(server.loaded).toBe(1)
  await learn(again)
  expect(server.values).toEqual(whole)
  server.faults = noFaults
  await expect(
    openOn(server, {}, { rank: 2 }).then(e => e.restore(join(folder, 'a'))),
  ).rejects.toThrow('rank 4; this model has 2')
})

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise(resolve => setTimeout(resolve, 2))
}
