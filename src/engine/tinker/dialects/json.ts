// The Tinker protocol in JSON, as self-hosted servers speak it. Most requests give a future, which is asked for until it
// is there.

import { z } from 'zod'
import type {
  Call,
  Carrier,
  Dialect,
  Drawn,
  LearnedSequence,
  Numbered,
  OptimizerSettings,
  Prompted,
  ReadSequence,
  Wanted,
} from '../dialect.ts'
import { direct, done, failureOf, future, futureReader, json } from './future.ts'
import { jsonBytes } from './json-bytes.ts'

const client = 'minform'
// Arrays of numbers are most of an answer, and are checked without a schema of each number.
const numbers = z
  .custom<readonly (number | null)[]>(
    values => Array.isArray(values) && values.every(x => typeof x === 'number' || x === null),
    'expected an array of numbers',
  )
  .transform(values => {
    const out = new Float32Array(values.length)
    for (let i = 0; i < out.length; i++) out[i] = values[i] ?? Number.NaN // JSON has no NaN
    return out
  })
const integers = z
  .custom<readonly number[]>(
    values => Array.isArray(values) && values.every(x => x === (x | 0)),
    'expected an array of whole numbers',
  )
  .transform(values => Int32Array.from(values))
const tensors = z.object({ logprobs: z.looseObject({ data: numbers }) })
const passSchema = z.looseObject({ loss_fn_outputs: z.array(tensors) })
const stepSchema = z.looseObject({
  metrics: z.record(z.string(), z.number().nullable()).nullish(),
})
const sampleSchema = z.looseObject({
  sequences: z.array(
    z.looseObject({
      stop_reason: z.enum(['stop', 'length']),
      tokens: integers,
      logprobs: numbers.nullish(),
    }),
  ),
  prompt_logprobs: numbers.nullish(),
})
const pathSchema = z.looseObject({ path: z.string().min(1) })
const offersSchema = z.looseObject({
  supported_models: z.array(
    z.looseObject({
      model_name: z.string().nullish(),
      max_context_length: z.number().int().positive().nullish(),
    }),
  ),
})
/** The dialect of SkyRL and other self-hosted servers. */
export const tinkerJson: Dialect = {
  name: 'tinker-json',
  root: '/api/v1',
  keyHeader: 'x-api-key',
  createsFromState: false,
  capabilities: () =>
    direct('get_server_capabilities', null, offersSchema, found =>
      found.supported_models.flatMap(({ model_name, max_context_length }) =>
        model_name ? [{ name: model_name, maxPositions: max_context_length ?? null }] : [],
      ),
    ),
  createSession: () =>
    direct(
      'create_session',
      { tags: [], user_metadata: null, sdk_version: client },
      z.looseObject({ session_id: z.string().min(1) }),
      found => found.session_id,
    ),
  heartbeat: session =>
    direct('session_heartbeat', { session_id: session }, z.unknown(), () => undefined),
  createModel,
  forward,
  forwardBackward,
  optimizerStep,
  publish: (of, publication) =>
    future(
      'save_weights_for_sampler',
      { ...numbered(of), sampling_session_seq_id: publication },
      z.looseObject({ sampling_session_id: z.string().min(1) }),
      found => found.sampling_session_id,
    ),
  baseSampler: (session, publication, baseModel) =>
    direct(
      'create_sampling_session',
      { session_id: session, sampling_session_seq_id: publication, base_model: baseModel },
      z.looseObject({ sampling_session_id: z.string().min(1) }),
      found => found.sampling_session_id,
    ),
  sample,
  saveState: (of, name) =>
    future(
      'save_weights',
      { ...numbered(of), path: name, overwrite: false },
      pathSchema,
      found => found.path,
    ),
  load: (of, path) =>
    future(
      'load_weights',
      { ...numbered(of), path, optimizer: true },
      z.unknown(),
      () => undefined,
    ),
  saveAdapter: (of, name) =>
    future(
      'save_weights_for_sampler',
      { ...numbered(of), path: name },
      pathSchema,
      found => found.path,
    ),
  archive,
  forget,
  unload: model => future('unload_model', { model_id: model }, z.unknown(), () => undefined),
}

function createModel({ session, number, baseModel, rank, seed }: Wanted): Call<string> {
  const asked = {
    session_id: session,
    model_seq_id: number,
    base_model: baseModel,
    lora_config: { rank, seed, train_unembed: false, train_mlp: true, train_attn: true },
  }
  return future(
    'create_model',
    asked,
    z.looseObject({ model_id: z.string().min(1) }),
    found => found.model_id,
  )
}

function forward(of: Numbered, sequences: readonly ReadSequence[]): Call<readonly Float32Array[]> {
  const data = sequences.map(({ ids }) => datum(ids, { weights: ones(ids.length - 1) }))
  const asked = { ...numbered(of), forward_input: { data, loss_fn: 'cross_entropy' } }
  return future('forward', asked, z.unknown(), logprobsOf)
}

function forwardBackward(
  of: Numbered,
  sequences: readonly LearnedSequence[],
  carrier: Carrier,
): Call<readonly Float32Array[]> {
  const { loss, config, inputs } = carried(carrier)
  const data = sequences.map(sequence => datum(sequence.ids, inputs(sequence)))
  const asked = {
    ...numbered(of),
    forward_backward_input: { data, loss_fn: loss, ...(config && { loss_fn_config: config }) },
  }
  return future('forward_backward', asked, z.unknown(), logprobsOf)
}

/** What a carrier is on the wire: a loss, its settings, and its inputs of a sequence. */
export function carried(carrier: Carrier): {
  readonly loss: string
  readonly config: Readonly<Record<string, number>> | null
  inputs(sequence: LearnedSequence): Readonly<Record<string, Float32Array>>
} {
  if (carrier === 'cross-entropy')
    return { loss: 'cross_entropy', config: null, inputs: ({ weights }) => ({ weights }) }
  const exact = carrier === 'importance-sampling'
  const inputs = ({ weights, logprobs }: LearnedSequence) => ({
    weights: ones(weights.length),
    advantages: weights,
    logprobs: exact ? logprobs : new Float32Array(weights.length),
  })
  if (exact) return { loss: 'importance_sampling', config: null, inputs }
  // Clipped to [1, 1] the ratio is the constant 1 outside the gradient, whatever the old log-probabilities are.
  const config = { clip_low_threshold: 1, clip_high_threshold: 1 }
  return { loss: 'cispo', config, inputs }
}

function optimizerStep(of: Numbered, settings: OptimizerSettings): Call<number | null> {
  const asked = {
    ...numbered(of),
    adam_params: {
      learning_rate: settings.learningRate,
      beta1: settings.beta1,
      beta2: settings.beta2,
      eps: settings.epsilon,
      weight_decay: settings.weightDecay,
      grad_clip_norm: settings.clipNorm ?? 0,
    },
  }
  return future('optim_step', asked, stepSchema, ({ metrics }) => {
    const norm = Object.entries(metrics ?? {}).find(([name]) => /grad_norm(:|$)/.test(name))
    return norm === undefined ? null : (norm[1] ?? Number.NaN)
  })
}

function sample(prompted: Prompted): Call<Drawn> {
  const body = jsonBytes(sampleBody(prompted))
  const read = futureReader(found => drawnOf(found, prompted))
  return { what: 'asample', question: { path: 'asample', body }, read }
}

/** What was drawn, as JSON has it. Throws where it is something else. */
export function drawnOf(found: unknown, { ids }: Prompted): Drawn {
  const { sequences, prompt_logprobs } = sampleSchema.parse(found)
  return {
    completions: sequences.map(({ tokens, logprobs, stop_reason }) => ({
      ids: tokens,
      logprobs: logprobs ?? new Float32Array(tokens.length).fill(Number.NaN),
      stop: stop_reason,
    })),
    promptLogprobs: withoutFirst(prompt_logprobs ?? null, ids.length),
  }
}

/** The body of a request for samples. */
export function sampleBody(prompted: Prompted) {
  const { temperature, topK, topP, stopIds } = prompted
  return {
    sampling_session_id: prompted.sampler,
    seq_id: prompted.number,
    num_samples: prompted.n,
    prompt: input(prompted.ids),
    sampling_params: {
      max_tokens: prompted.maxTokens,
      seed: prompted.seed,
      temperature,
      top_k: topK ?? -1,
      top_p: topP,
      stop: stopIds, // always a list: where it is left out, some servers end at a token of their own
    },
    prompt_logprobs: prompted.promptLogprobs,
    type: 'sample',
  }
}

/** Log-probabilities of ids[1..]: some servers begin with one of the first token, which is none. */
export function withoutFirst(values: Float32Array | null, length: number): Float32Array | null {
  return values !== null && values.length === length && length > 0 ? values.subarray(1) : values
}

function archive(model: string, path: string): Call<string> {
  const question = { path: `${checkpointOf(model, path)}/archive`, body: null }
  return {
    what: 'archive',
    question,
    read: answer => {
      const location = answer.headers.get('location')
      if (answer.status >= 300 && answer.status < 400 && location !== null)
        return { state: 'done', value: location }
      if (answer.status === 503) return { state: 'waiting', next: question, why: 'packing' }
      const failed = failureOf(answer)
      if (failed !== null) return failed
      const { url } = z.looseObject({ url: z.string().min(1) }).parse(json(answer))
      return { state: 'done', value: url }
    },
  }
}

function forget(model: string, path: string): Call<void> {
  const where = checkpointOf(model, path, 'sampler_weights')
  const question = { path: where, body: null, method: 'DELETE' } as const
  return { what: 'delete', question, read: answer => failureOf(answer) ?? done(undefined) }
}

/** Where the checkpoint of `tinker://run/weights/name` is; a server may leave the kind of a sampler's out of its path. */
function checkpointOf(model: string, path: string, kind?: string): string {
  const parts = path.replace(/^[a-z]+:\/\//, '').split('/')
  const [run = model, ...rest] = parts.map(encodeURIComponent)
  const named = rest.length === 1 && kind !== undefined ? [kind, ...rest] : rest
  return `training_runs/${run}/checkpoints/${named.join('/')}`
}

/** Log-probabilities of a pass, as JSON has them. Throws where it is something else. */
export function logprobsOf(found: unknown): readonly Float32Array[] {
  return passSchema.parse(found).loss_fn_outputs.map(({ logprobs }) => logprobs.data)
}

function numbered({ model, number }: Numbered) {
  return { model_id: model, seq_id: number }
}

/** A sequence as it travels: all but its last id go in, all but its first are the targets. */
function datum(ids: Int32Array, inputs: Readonly<Record<string, Float32Array>>) {
  const targets = ids.subarray(1)
  const floats = Object.entries(inputs).map(([name, values]) => [name, tensor(values, 'float32')])
  return {
    model_input: input(ids.subarray(0, -1)),
    loss_fn_inputs: { target_tokens: tensor(targets, 'int64'), ...Object.fromEntries(floats) },
  }
}

function input(ids: Int32Array) {
  return { chunks: [{ type: 'encoded_text', tokens: ids }] }
}

function tensor(values: Int32Array | Float32Array, dtype: 'int64' | 'float32') {
  return { data: values, dtype, shape: [values.length] }
}

export function ones(length: number): Float32Array {
  return new Float32Array(length).fill(1)
}
