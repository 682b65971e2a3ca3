import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type OnnxEngine, openOnnxEngine } from '../../../src/engine/onnx/open.ts'
import type { Served } from '../../../src/engine/served/connection.ts'
import { openServed, type ServedOptions } from '../../../src/engine/served/open.ts'
import { ConfigError, EngineError } from '../../../src/errors.ts'
import { loadTokenizer } from '../../../src/tokenizer/load.ts'
import { fixture } from '../../cli/commands.ts'
import {
  type Asked,
  type Fault,
  type ModelServer,
  type ModelServerOptions,
  modelServer,
} from './model-server.ts'

const folders = { judge: fixture('qwen2-prm'), policy: fixture('qwen2') } as const
type Kind = keyof typeof folders
const tokenizers = {
  judge: await loadTokenizer(folders.judge),
  policy: await loadTokenizer(folders.policy),
}
let engines: Record<Kind, OnnxEngine>
const servers: ModelServer[] = []
beforeAll(async () => {
  const [judge, policy] = await Promise.all([
    openOnnxEngine(folders.judge, { threads: 1 }),
    openOnnxEngine(folders.policy, { threads: 1 }),
  ])
  engines = { judge, policy }
})
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})
afterAll(() => Promise.all(Object.values(engines).map(engine => engine.close())))

async function serve(kind: Kind, options: ModelServerOptions = {}): Promise<ModelServer> {
  const server = await modelServer(engines[kind], tokenizers[kind], options)
  servers.push(server)
  return server
}

const lines: string[] = []
function open(
  kind: Kind,
  { url }: { readonly url: string },
  { separator = null, use = 'scores', ...more }: Partial<Served & ServedOptions> = {},
) {
  lines.length = 0
  const { folder = folders[kind], tokenizer = tokenizers[kind], ...served } = more
  const say = (line: string): void => void lines.push(line)
  return openServed(
    { url, model: null, backoffMs: 1, retries: 2, ...served },
    { folder, tokenizer, separator, use, say },
  )
}

const texts = ['Two plus two is 4.\n\nSo 4.\n\n', 'x', 'A longer one: 12 * 3 = 36.\n\n']
const sequences = texts.map(text => tokenizers.policy.encode(text))
const [blank] = tokenizers.judge.encode('\n\n')

function furthest(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length)
  return Math.max(0, ...Array.from(a, (value, i) => Math.abs(value - b[i]!)))
}

/** A fault of the first requests to a path after it was tried. */
function first(path: string, tried: number, fault: Fault, times = 1) {
  return (asked: Asked): Fault | null => {
    const call = asked.call - tried
    return asked.path === path && call >= 0 && call < times ? fault : null
  }
}

describe('a classifier elsewhere', () => {
  test('gives the logits that it gives here, of every token', async () => {
    const local = await engines.judge.classify(sequences)
    const served = await open('judge', await serve('judge'))
    const remote = await served.classify(sequences)
    local.forEach((logits, i) => {
      expect(furthest(logits, remote[i]!)).toBeLessThan(1e-5)
    })
    expect(served.info).toMatchObject({ classes: 2, maxPositions: 512, vocabSize: 1500 })
    await expect(served.score(sequences)).rejects.toThrow('is a token classifier')
  })

  test('or of separators alone, at their places', async () => {
    const local = await engines.judge.classify(sequences)
    const server = await serve('judge', { stepTag: blank! })
    const remote = await (await open('judge', server, { separator: blank! })).classify(sequences)
    let separators = 0
    remote.forEach((logits, i) => {
      sequences[i]!.forEach((id, t) => {
        const at = logits.subarray(2 * t, 2 * t + 2)
        const known = id === blank
        expect(at.some(Number.isNaN)).toBe(!known)
        if (!known) return
        separators++
        expect(furthest(at, local[i]!.subarray(2 * t, 2 * t + 2))).toBeLessThan(1e-5)
      })
    })
    expect(separators).toBe(3)
  })

  test('also where the server makes probabilities of them, whatever is asked for', async () => {
    const local = await engines.judge.classify(sequences)
    const remote = await (await open('judge', await serve('judge', { activates: true }))).classify(
      sequences,
    )
    const odds = (logits: Float32Array) =>
      Array.from(local[0]!, (_, i) => logits[2 * i + 1]! - logits[2 * i]!).slice(
        0,
        sequences[0]!.length,
      )
    expect(furthest(odds(remote[0]!), odds(local[0]!))).toBeLessThan(1e-5)
  })

  test('is refused where rows are neither of tokens nor of separators, before anything is asked', async () => {
    const other = await serve('judge', { stepTag: 7 })
    const refused = open('judge', other, { separator: blank! })
    await expect(refused).rejects.toThrow(ConfigError)
    await expect(refused).rejects.toThrow(
      `answers 0 rows for 5 tokens, 2 of them the separator ${blank}; expected one row each, which token_classify gives with pooling of type ALL, or STEP with step_tag_id ${blank}`,
    )
    const step = await serve('judge', { stepTag: blank! })
    await expect(open('judge', step)).rejects.toThrow('answers 0 rows for 3 tokens; expected one')
  })

  test('or where it is a language model', async () => {
    const server = await serve('policy')
    await expect(open('judge', server)).rejects.toThrow('--runner pooling')
    await expect(open('policy', await serve('judge'))).rejects.toThrow(
      /v1\/completions: 404: .*; a language model is served by vllm serve MODEL/,
    )
  })
})

describe('a language model elsewhere', () => {
  test('gives the log-probabilities that it gives here', async () => {
    const local = await engines.policy.score(sequences)
    const served = await open('policy', await serve('policy'))
    const remote = await served.score([...sequences, sequences[0]!.subarray(0, 1)])
    local.forEach(({ logprobs }, i) => {
      expect(furthest(logprobs, remote[i]!.logprobs)).toBeLessThan(1e-5)
      expect(remote[i]!.entropies).toBeNull()
    })
    expect(remote.at(-1)!.logprobs.length).toBe(0)
    expect(served.info.maxPositions).toBe(511) // a request holds one token more
    await expect(served.classify(sequences)).rejects.toThrow('is a language model')
  })

  test('samples: its tokens, with their log-probabilities', async () => {
    const served = await open('policy', await serve('policy'), { use: 'samples' })
    const { stopIds } = tokenizers.policy
    const requests = sequences.map((ids, i) => ({ ids, n: 3, seed: 40 + i }))
    const options = { maxTokens: 6, stopIds }
    const [remote, local] = [
      await served.sample(requests, options),
      await engines.policy.sample(requests, options),
    ]
    remote.flat().forEach((one, i) => {
      const same = local.flat()[i]!
      expect([...one.ids]).toEqual([...same.ids])
      expect(one.stop).toBe(same.stop)
      expect(furthest(one.logprobs_T, same.logprobs_T)).toBeLessThan(1e-5)
      expect(one.sampledLogprobs_T).toEqual(one.logprobs_T)
    })
    const [[cold]] = await served.sample([requests[0]!], { ...options, temperature: 0.5 })
    expect(cold!.sampledLogprobs_T.every(Number.isNaN)).toBe(true)
    expect(cold!.logprobs_T.some(Number.isNaN)).toBe(false)
    const [[best]] = await served.sample([{ ...requests[0]!, n: 1 }], { ...options, greedy: true })
    const [[own]] = await engines.policy.sample([{ ...requests[0]!, n: 1 }], {
      ...options,
      greedy: true,
    })
    expect([...best!.ids]).toEqual([...own!.ids])
    const ended = { maxTokens: 24, stopIds, stopStrings: ['e', '1'] }
    const [cut, same] = [
      (await served.sample(requests, ended)).flat(),
      (await engines.policy.sample(requests, ended)).flat(),
    ]
    const ends = cut.map(({ stopString }) => stopString)
    expect(ends).toEqual(same.map(({ stopString }) => stopString))
    expect(ends.some(end => end !== null)).toBe(true)
    expect(cut.map(({ ids }) => [...ids])).toEqual(same.map(({ ids }) => [...ids]))
  })

  test('or tokens made anew, where the server gives texts alone: said once', async () => {
    const server = await serve('policy', { tokenIds: false })
    const served = await open('policy', server, { use: 'samples' })
    const options = { maxTokens: 6, stopIds: tokenizers.policy.stopIds }
    const [found] = await served.sample([{ ids: sequences[0]!, n: 2, seed: 1 }], options)
    for (const { ids, logprobs_T, stop } of found!) {
      const spelled = stop === 'stop' ? ids.subarray(0, -1) : ids
      expect([...tokenizers.policy.encode(tokenizers.policy.decode(spelled))]).toEqual([...spelled])
      expect(logprobs_T.every(Number.isNaN)).toBe(true)
      expect(logprobs_T.length).toBe(ids.length)
    }
    expect(lines.filter(line => line.includes('without their tokens')).length).toBe(1)
  })
})

describe('another model than the one of the folder', () => {
  test('has another name', async () => {
    const server = await serve('judge', { names: ['a', 'b'] })
    await expect(open('judge', server, { model: 'c' })).rejects.toThrow(
      'serves no c; there is a, b',
    )
    await expect(open('judge', server)).rejects.toThrow('serves 2 models: a, b; name one of them')
    await expect(open('judge', server, { model: 'b' })).resolves.toBeDefined()
  })

  test('has another tokenizer, which a server may not tell', async () => {
    const other = await serve('policy', {
      tokenizer: { ...tokenizers.policy, encode: text => tokenizers.policy.encode(`+${text}`) },
    })
    const refused = open('policy', other)
    await expect(refused).rejects.toThrow(ConfigError)
    await expect(refused).rejects.toThrow(/has another tokenizer than .*: token 0 of a text is/)
    await open('policy', await serve('policy', { tokenizer: null }))
    expect(lines).toEqual([expect.stringContaining('has no /tokenize')])
  })

  test('or reads fewer tokens', async () => {
    const { info } = await open('judge', await serve('judge', { maxLength: 40 }))
    expect(info.maxPositions).toBe(40)
  })
})

test('a key goes along, and is not told', async () => {
  const server = await serve('policy', { key: 'sesame' })
  await expect(open('policy', server)).rejects.toThrow(/401: .*check the address, the model's name/)
  const served = await open('policy', server, { apiKey: 'sesame', url: `${server.url}/v1/` })
  await served.score(sequences)
  expect(server.asked.at(-1)!.headers.authorization).toBe('Bearer sesame')
  await expect(open('policy', server, { apiKey: 'open' })).rejects.not.toThrow('open')
})

describe('what fails for now is asked again', () => {
  test.each<[string, Fault]>([
    ['an error of the server', { status: 500 }],
    ['too many requests', { status: 429, retryAfter: '0' }],
    ['a connection that closes', 'close'],
    ['half an answer', 'cut'],
    ['no answer in time', 'hang'],
  ])('%s', async (_, fault) => {
    const local = await engines.judge.classify(sequences)
    const server = await serve('judge', { fault: first('/pooling', 2, fault, 2) })
    const served = await open('judge', server, { timeoutMs: fault === 'hang' ? 1000 : 60_000 })
    const remote = await served.classify(sequences)
    local.forEach((logits, i) => {
      expect(furthest(logits, remote[i]!)).toBeLessThan(1e-5)
    })
    expect(server.asked.filter(({ path }) => path === '/pooling').length).toBe(2 + 2 + 3)
  })

  test('no more at once than allowed, and not for ever', async () => {
    const server = await serve('judge', { fault: first('/pooling', 2, { after: 10 }, 100) })
    const served = await open('judge', server, { concurrency: 2 })
    await served.classify([...sequences, ...sequences])
    expect(server.mostAtOnce()).toBe(2)
    const down = await serve('judge', { fault: first('/pooling', 2, { status: 503 }, 100) })
    const asked = (await open('judge', down)).classify(sequences)
    await expect(asked).rejects.toThrow(EngineError)
    await expect(asked).rejects.toThrow(/pooling: status 503: .*told to.*all attempts failed/)
  })

  test('stops when it is told to', async () => {
    const server = await serve('judge', { fault: first('/pooling', 2, 'hang', 100) })
    const served = await open('judge', server)
    const stop = new AbortController()
    setTimeout(() => stop.abort(), 20)
    await expect(served.classify(sequences, stop.signal)).rejects.toThrow(/abort/i)
  })
})

describe('what lies is refused by name, and not asked again', () => {
  const rows = (change: (rows: number[][]) => unknown): Fault => ({
    lie: answer => ({ data: [{ ...answer.data[0], data: change(answer.data[0].data) }] }),
  })
  test.each<[string, Fault, RegExp]>([
    [
      'a row too few',
      rows(all => all.slice(1)),
      /answered \d+ rows of 2 for \d+ tokens; expected \d+ of 2/,
    ],
    ['a number too many', rows(all => all.map(row => [...row, 0])), /rows of 3 for/],
    [
      'null for a number',
      rows(all => all.map(row => [row[0], null])),
      /answered null where a logit/,
    ],
    ['NaN in the body', { raw: '{"data": [{"data": [[1.0, NaN]]}]}' }, /holds a NaN/],
  ])('of logits: %s', async (_, fault, message) => {
    const server = await serve('judge', { fault: first('/pooling', 2, fault, 100) })
    const asked = (await open('judge', server)).classify([sequences[0]!])
    await expect(asked).rejects.toThrow(EngineError)
    await expect(asked).rejects.toThrow(message)
    expect(server.asked.filter(({ path }) => path === '/pooling').length).toBe(3)
  })

  const entries = (change: (all: unknown[]) => unknown): Fault => ({
    lie: answer => ({
      choices: [
        { ...answer.choices[0], prompt_logprobs: change(answer.choices[0].prompt_logprobs) },
      ],
    }),
  })
  test.each<[string, Fault, RegExp]>([
    ['none', entries(() => null), /none came; expected a server that gives prompt_logprobs/],
    [
      'no null first',
      entries(all => all.slice(1)),
      /\d+ entries for \d+ tokens, the first not null/,
    ],
    [
      'another token',
      entries(all => [...all.slice(0, -1), { 3: { logprob: -1 } }]),
      /expected one number of token/,
    ],
    [
      'a probability',
      entries(all =>
        all.map(
          one => one && Object.fromEntries(Object.keys(one).map(id => [id, { logprob: 0.5 }])),
        ),
      ),
      /at most 0/,
    ],
  ])('of log-probabilities: %s', async (_, fault, message) => {
    const server = await serve('policy', { fault: first('/v1/completions', 2, fault, 100) })
    const asked = (await open('policy', server)).score([sequences[0]!])
    await expect(asked).rejects.toThrow(EngineError)
    await expect(asked).rejects.toThrow(message)
  })

  test.each<[string, (choice: object) => object, RegExp]>([
    ['a foreign token', choice => ({ ...choice, token_ids: [1, 99_999] }), /sampled token 99999/],
    ['another end', choice => ({ ...choice, finish_reason: 'abort' }), /ended by "abort"/],
    [
      'more tokens',
      choice => ({ ...choice, token_ids: [5, 5, 5], logprobs: null }),
      /3 tokens where 2 were asked/,
    ],
    [
      'other counts',
      choice => ({ ...choice, logprobs: { token_logprobs: [] } }),
      /0 log-probabilities for/,
    ],
  ])('of completions: %s', async (_, change, message) => {
    const lie = (answer: { choices: object[] }) => ({ choices: answer.choices.map(change) })
    const server = await serve('policy', { fault: first('/v1/completions', 0, { lie }, 100) })
    const served = await open('policy', server, { use: 'samples' })
    const asked = served.sample([{ ids: sequences[0]!, n: 1, seed: 1 }], {
      maxTokens: 2,
      stopIds: [2],
    })
    await expect(asked).rejects.toThrow(message)
  })
})
