// The server of the third dialect: its words, put to the Tinker server of the tests.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import type { TinkerServer } from './server.ts'

// biome-ignore lint/suspicious/noExplicitAny: bodies of tests
type Json = any

/** The address where the server speaks the other protocol. */
export async function restServer(tinker: TinkerServer): Promise<string> {
  const results = new Map<string, Json>()
  let numbers = 1
  const ask = async (path: string, body: object): Promise<Json> => {
    const response = await fetch(`${tinker.url}/api/v1/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    })
    const answer = (await response.json()) as Json
    if (!response.ok) throw new Error(JSON.stringify(answer))
    if (answer.request_id === undefined || path === 'retrieve_future') return answer
    return ask('retrieve_future', { request_id: answer.request_id })
  }
  const make = async ({ base_model, lora_rank, checkpoint_id: path }: Json): Promise<string> => {
    const { session_id } = await ask('create_session', {})
    const lora_config = { rank: lora_rank }
    const { model_id } = await ask('create_model', { session_id, base_model, lora_config })
    if (path !== null) await ask('load_weights', { model_id, seq_id: 1, path, optimizer: true })
    return model_id
  }
  const operations: Record<string, (model_id: string, body: Json) => Promise<Json>> = {
    forward: async (model_id, { sequences }) => {
      const data = sequences.map((ids: number[]) => datum(ids, {}))
      const forward_input = { data, loss_fn: 'cross_entropy' }
      const found = await ask('forward', { model_id, seq_id: ++numbers, forward_input })
      return { logprobs: found.loss_fn_outputs.map((one: Json) => one.logprobs.data) }
    },
    'custom-forward-backward': async (model_id, { sequences, gradients }) => {
      const data = sequences.map((ids: number[], i: number) =>
        datum(ids, { advantages: gradients[i].map((x: number) => -x) }),
      )
      const loss_fn_config = { clip_low_threshold: 1, clip_high_threshold: 1 }
      const forward_backward_input = { data, loss_fn: 'cispo', loss_fn_config }
      await ask('forward_backward', { model_id, seq_id: ++numbers, forward_backward_input })
      return {}
    },
    'optim-step': async (model_id, { learningRate, beta1, beta2, epsilon, weightDecay }) => {
      const rest = { beta1, beta2, eps: epsilon, weight_decay: weightDecay }
      const adam_params = { learning_rate: learningRate, ...rest }
      await ask('optim_step', { model_id, seq_id: ++numbers, adam_params })
      return { step: numbers }
    },
    'inference-checkpoint': async model_id => {
      const numbered = { model_id, seq_id: ++numbers, sampling_session_seq_id: numbers }
      const { sampling_session_id: id } = await ask('save_weights_for_sampler', numbered)
      return { id }
    },
    sample: async (_, { checkpoint, prompt, n, seed, maxTokens, temperature, stopIds }) => {
      const sampling_params = { max_tokens: maxTokens, seed, temperature, stop: stopIds }
      const found = await ask('asample', {
        ...{ sampling_session_id: checkpoint, num_samples: n, sampling_params },
        prompt: { chunks: [{ tokens: prompt }] },
      })
      return found.sequences
    },
    'training-checkpoint': async (model_id, { name }) => {
      const { path: id } = await ask('save_weights', { model_id, path: name })
      return { id }
    },
  }
  const server = createServer(async (request, response) => {
    const reply = (value: unknown, status = 200): void => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(value))
    }
    try {
      const text = Buffer.concat(await request.toArray()).toString()
      const body = text === '' ? {} : JSON.parse(text)
      const [, , kind, session, , name] = request.url!.split('/')
      if (kind === 'models') return reply({ status: 'completed', output: ['tabular'] })
      if (request.method === 'DELETE') {
        await ask('unload_model', { model_id: session })
        return reply({ status: 'completed' })
      }
      if (request.method === 'GET') return reply(results.get(name ?? session!))
      const id = name === undefined ? await make(body) : `operation-${results.size}`
      const output = name === undefined ? { id } : await operations[name]!(session!, body)
      results.set(id, { id, status: 'completed', output })
      reply({ id, status: 'pending' })
    } catch (error) {
      reply({ error: (error as Error).message }, 400)
    }
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function datum(ids: readonly number[], inputs: Readonly<Record<string, number[]>>) {
  const floats = Object.entries(inputs).map(([name, data]) => [name, { data }])
  return {
    model_input: { chunks: [{ tokens: ids.slice(0, -1) }] },
    loss_fn_inputs: { target_tokens: { data: ids.slice(1) }, ...Object.fromEntries(floats) },
  }
}
