// A third protocol, shaped after one with sessions, operations and custom gradients over plain REST: a training session is the
// model, gradients are given as slopes for log-probabilities, and a model is made from a state in one request.

import type { Call, Dialect, Failure, Question, Reply } from '../../../src/engine/tinker/dialect.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers of a server of these tests
type Json = any

const where = 'rl/sessions'

/** An operation of a session, which is asked for until it is there. */
function operation<T>(session: string, name: string, body: object, value: (output: Json) => T) {
  const question = { path: `${where}/${session}/operations/${name}`, body: JSON.stringify(body) }
  return call(name, question, ({ id }) => `${where}/${session}/operations/${id}`, value)
}

function call<T>(
  what: string,
  question: Question,
  poll: (answer: Json) => string,
  value: (output: Json) => T,
): Call<T> {
  return {
    what,
    question,
    read: ({ status, bytes }): Reply<T> => {
      const answer = JSON.parse(new TextDecoder().decode(bytes) || 'null')
      const failed = (kind: Failure['kind']): Reply<T> => {
        return { state: 'failed', failure: { kind, text: answer.error } }
      }
      if (status >= 400) return failed(status === 404 ? 'lost' : 'refused')
      if (answer?.status === 'failed') return failed('broken')
      if (answer?.status === 'completed') return { state: 'done', value: value(answer.output) }
      return { state: 'waiting', next: { path: poll(answer), body: null }, why: null }
    },
  }
}

const prompts = (sequences: readonly { readonly ids: Int32Array }[]) =>
  sequences.map(({ ids }) => [...ids])

export const restDialect: Dialect = {
  name: 'rest',
  root: '',
  keyHeader: 'authorization',
  createsFromState: true,
  capabilities: () =>
    call(
      'models',
      { path: 'rl/models', body: null },
      () => '',
      output => output.map((name: string) => ({ name, maxPositions: null })),
    ),
  createSession: null,
  heartbeat: null,
  createModel: ({ baseModel, rank, from }) => {
    const body = JSON.stringify({ base_model: baseModel, lora_rank: rank, checkpoint_id: from })
    return call(
      'session',
      { path: where, body },
      ({ id }) => `${where}/${id}`,
      output => output.id,
    )
  },
  forward: ({ model }, sequences) =>
    operation(model, 'forward', { sequences: prompts(sequences) }, output =>
      output.logprobs.map((values: number[]) => Float32Array.from(values)),
    ),
  forwardBackward: ({ model }, sequences) => {
    const gradients = sequences.map(({ weights }) => Array.from(weights, weight => -weight))
    const body = { sequences: prompts(sequences), gradients }
    return operation(model, 'custom-forward-backward', body, () => null)
  },
  optimizerStep: ({ model }, settings) => operation(model, 'optim-step', settings, () => null),
  publish: ({ model }) =>
    operation(model, 'inference-checkpoint', {}, output => `${model}/${output.id}`),
  baseSampler: null,
  sample: asked => {
    const [model, checkpoint] = asked.sampler.split('/') as [string, string]
    const { ids, n, seed, maxTokens, temperature, stopIds } = asked
    const body = { checkpoint, prompt: [...ids], n, seed, maxTokens, temperature, stopIds }
    return operation(model, 'sample', body, output => ({
      completions: output.map((one: Json) => ({
        ids: Int32Array.from(one.tokens),
        logprobs: Float32Array.from(one.logprobs),
        stop: one.stop_reason,
      })),
      promptLogprobs: null,
    }))
  },
  saveState: ({ model }, name) =>
    operation(model, 'training-checkpoint', { name }, output => output.id),
  load: () => {
    throw new Error('a model is made from its state')
  },
  saveAdapter: null,
  archive: null,
  forget: null,
  unload: model => {
    const question = { path: `${where}/${model}`, body: null, method: 'DELETE' } as const
    return call(
      'stop',
      question,
      () => '',
      () => undefined,
    )
  },
}
