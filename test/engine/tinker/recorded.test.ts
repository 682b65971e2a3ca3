// The recorded traffic of a real server, held against what reads it and against the server of these tests.

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Call, Reply } from '../../../src/engine/tinker/dialect.ts'
import { tinkerJson } from '../../../src/engine/tinker/dialects/json.ts'
import { serve } from './subject.ts'

// biome-ignore lint/suspicious/noExplicitAny: bodies and answers as they were recorded
type Json = any
interface Exchange {
  readonly method: string
  readonly path: string
  readonly body: Json
  readonly status: number
  readonly answer: Json
}

const file = new URL('../../fixtures/tinker/skyrl-exchanges.json', import.meta.url)
const exchanges: readonly Exchange[] = JSON.parse(readFileSync(file, 'utf8'))
const model = 'model_55dc4c6e'

/** The recorded request of a path with these fields, its answer, and the result that it gave where that was a future. */
function recorded(path: string, fields: object = {}) {
  const asked = exchanges.find(one => {
    const has = Object.entries(fields).every(([key, value]) => one.body[key] === value)
    return one.path === path && has
  })!
  const result = exchanges.find(
    ({ path, body }) => path === 'retrieve_future' && body.request_id === asked.answer.request_id,
  )
  return { asked, result }
}

/** What a call makes of the recorded answers to it. */
function read<T>(call: Call<T>, { asked, result }: ReturnType<typeof recorded>): Reply<T> {
  const received = ({ status, answer }: Exchange) => ({
    status,
    headers: new Headers({ 'content-type': 'application/json' }),
    bytes: Buffer.from(JSON.stringify(answer)),
  })
  const first = call.read(received(asked), call.question)
  if (first.state !== 'waiting' || result === undefined) return first
  expect(JSON.parse(first.next.body as string)).toEqual(result.body)
  return call.read(received(result), first.next)
}

const bodyOf = ({ question }: Call<unknown>): Json =>
  JSON.parse(Buffer.from(question.body as Uint8Array).toString())

describe('what a real server was asked and answered', () => {
  const settings = {
    ...{ learningRate: 0.001, beta1: 0.9, beta2: 0.95, epsilon: 1e-12 },
    ...{ weightDecay: 0, clipNorm: 1 },
  }

  test('a step', () => {
    const step = recorded('optim_step', { seq_id: 2 })
    const call = tinkerJson.optimizerStep({ model, number: 2 }, settings)
    expect(bodyOf(call)).toEqual(step.asked.body)
    expect(read(call, step)).toEqual({ state: 'done', value: 8.935914993286133 })
  })

  test('a number that was used', () => {
    const call = tinkerJson.optimizerStep({ model, number: 1 }, settings)
    expect(read(call, recorded('optim_step', { seq_id: 1 }))).toEqual({
      state: 'failed',
      failure: { kind: 'taken', text: '409: Training request sequence number was reused' },
    })
  })

  test('a pass, forward and back', () => {
    const ids = Int32Array.of(3, 4, 5, 6, 7)
    const forward = recorded('forward')
    const call = tinkerJson.forward({ model, number: 3 }, [{ ids }])
    const [expected, sent] = [forward.asked.body, bodyOf(call)].map(
      body => body.forward_input.data[0],
    )
    expect(sent.model_input).toEqual(expected.model_input)
    expect(sent.loss_fn_inputs.target_tokens).toEqual(expected.loss_fn_inputs.target_tokens)
    const given = Float32Array.of(
      ...[-4.128058910369873, -3.9011759757995605, -3.8031821250915527, -3.950683832168579],
    )
    expect(read(call, forward)).toEqual({ state: 'done', value: [given] })
    const cispo = exchanges.find(one => one.body?.forward_backward_input?.loss_fn === 'cispo')!
    const learned = tinkerJson.forwardBackward(
      { model, number: 6 },
      [{ ids, weights: Float32Array.of(0, 1, -1, 0.5), logprobs: new Float32Array(4) }],
      'cispo',
    )
    const { forward_backward_input: sentBack } = bodyOf(learned)
    const { forward_backward_input: expectedBack } = cispo.body
    expect(sentBack.loss_fn).toBe(expectedBack.loss_fn)
    expect(Object.keys(sentBack.loss_fn_config)).toEqual(Object.keys(expectedBack.loss_fn_config))
    const [{ loss_fn_inputs: inputs }] = sentBack.data
    expect(inputs.advantages).toEqual(expectedBack.data[0].loss_fn_inputs.advantages)
  })

  test('states, publications and samples', () => {
    const saved = recorded('save_weights')
    const save = tinkerJson.saveState({ model, number: 11 }, 'ck1')
    expect(bodyOf(save)).toEqual(saved.asked.body)
    expect(read(save, saved)).toMatchObject({ value: `tinker://${model}/weights/ck1` })
    const published = recorded('save_weights_for_sampler', { seq_id: 12 })
    const publish = tinkerJson.publish({ model, number: 12 }, 0)
    expect(bodyOf(publish)).toEqual(published.asked.body)
    expect(read(publish, published)).toMatchObject({ value: 'sampling_750ff712' })
    const sampled = recorded('asample', { sampling_session_id: 'sampling_750ff712', seq_id: 0 })
    const sample = tinkerJson.sample({
      ...{ sampler: 'sampling_750ff712', number: 0, ids: Int32Array.of(3, 4, 5), n: 2, seed: 7 },
      ...{ maxTokens: 8, temperature: 1, topK: null, topP: 1, stopIds: [1], promptLogprobs: true },
    })
    expect(sampled.asked.body).toEqual({ ...bodyOf(sample), topk_prompt_logprobs: 0 })
    expect(read(sample, sampled)).toMatchObject({
      value: {
        completions: [{ ids: Int32Array.of(8, 5, 16, 16, 63, 14, 52, 22), stop: 'length' }, {}],
        promptLogprobs: Float32Array.of(-4.132462501525879, -3.6601710319519043),
      },
    })
  })

  test('no room, and what is not known', () => {
    const wanted = { session: 's', number: 3, baseModel: '/models/tiny', rank: 8, seed: 1 }
    const create = tinkerJson.createModel({ ...wanted, from: null })
    expect(read(create, recorded('create_model', { model_seq_id: 3 }))).toMatchObject({
      failure: { kind: 'full' },
    })
    const asked = exchanges.findLast(
      ({ path, status }) => path === 'retrieve_future' && status === 404,
    )!
    expect(read(create, { asked, result: undefined })).toMatchObject({ failure: { kind: 'lost' } })
  })
})

test('the server of these tests answers as the real one did', async () => {
  const server = await serve({ baseModel: '/models/tiny', vocabSize: 64, slots: 2 })
  const names = new Map<string, string>()
  const here = (text: string): string =>
    [...names].reduce(
      (so, [from, to]) => so.replaceAll(`"${from}"`, `"${to}"`).replaceAll(`/${from}/`, `/${to}/`),
      text,
    )
  for (const { method, path, body, status, answer } of exchanges) {
    const response = await fetch(`${server.url}/api/v1/${path}`, {
      method,
      ...(body && { body: here(JSON.stringify(body)) }),
    })
    const found = (await response.json()) as Json
    const what = `${path} ${JSON.stringify(body).slice(0, 200)}`
    expect(response.status, what).toBe(status)
    for (const key of ['session_id', 'model_id', 'sampling_session_id', 'request_id'])
      if (typeof answer[key] === 'string') names.set(answer[key], found[key])
    if (status === 200) expect(unknownKeys(found, answer), what).toEqual([])
  }
})

/** Where an answer holds something that the real one did not, or something of another kind. */
function unknownKeys(found: Json, real: Json, at = ''): string[] {
  if (typeof found !== typeof real || Array.isArray(found) !== Array.isArray(real)) return [at]
  if (found === null || real === null || typeof found !== 'object')
    return (found === null) === (real === null) ? [] : [at]
  if (Array.isArray(found))
    return found.length === real.length
      ? unknownKeys(found[0], real[0], `${at}[0]`)
      : [`${at}.length`]
  return Object.keys(found).flatMap(key =>
    key in real ? unknownKeys(found[key], real[key], `${at}.${key}`) : [`${at}.${key}`],
  )
}
