import { afterEach, expect, test } from 'vitest'
import { firstSeen } from '../../src/credit/first-seen.ts'
import { mean } from '../../src/numbers/numeric.ts'
import { random } from '../../src/numbers/random.ts'
import { learnt, noWeights, scoreOf } from '../../src/numbers/word-scores.ts'
import { type OnlineMemory, onlineLabels } from '../../src/rewards/online-labels.ts'
import { type Ask, chatClient } from '../../src/rewards/remote/chat.ts'
import type { Group, Rollout } from '../../src/types.ts'
import { exampleGroup, exampleRollout, expectClose, f32 } from '../example-groups.ts'
import { type ChatServer, chatServer, type Reply } from '../rewards/remote/chat-server.ts'

let server: ChatServer | null = null
afterEach(async () => {
  await server?.close()
  server = null
})

const saying = (...texts: string[]): Rollout => {
  const rollout = exampleRollout(texts.map(() => 1))
  return { ...rollout, steps: rollout.steps.map((step, s) => ({ ...step, text: texts[s]! })) }
}

/** A chat model behind HTTP that likes steps with `key` in them, and answers as `reply` says of what it likes. */
async function liking(
  reply = (likes: readonly boolean[]): Reply => {
    if (likes.length === 1) return `\\boxed{${likes[0] ? 'yes' : 'no'}}`
    return `\\boxed{${likes[0] === likes[1] ? 'tie' : likes[0] ? 'A' : 'B'}}`
  },
) {
  server = await chatServer(({ body }) => {
    const steps = [...body.messages.at(-1)!.content.matchAll(/<step>\n(.*)\n<\/step>/g)]
    return reply(steps.map(([, text]) => text!.includes('key')))
  })
  const client = chatClient({ url: server.url, model: 'm', retries: 0 })
  const ask: Ask = async (...asked) => (await client.ask(...asked)).value
  return { ask, client, asked: server.asked }
}

const options = { rewards: 'retrieval', asks: 10, seed: 1 }

/** Iterations, each with what the one before has stored. */
async function iterations(ask: Ask, groups: readonly Group[], more = {}) {
  let learned: OnlineMemory = null
  const found: (readonly (Float32Array | null)[])[] = []
  for (const group of groups) {
    const { meanwhile, scorer, next } = onlineLabels(ask, { ...options, ...more, learned })
    await meanwhile(async () => [group])([], 1)
    const [scores] = await scorer([group])
    found.push(scores!.steps_G_S)
    learned = JSON.parse(JSON.stringify(next())) as OnlineMemory
  }
  return { found, learned: learned! }
}

test('a step that was not asked for is worth 0, is queued once, and counts from the next iteration on (arXiv:2410.23022)', async () => {
  const { ask, asked } = await liking()
  const group = exampleGroup(saying('key', 'wall', 'key'), saying('key'))
  const { found, learned } = await iterations(ask, [group, group, group])
  expect(found[0]).toEqual([f32(0, 0, 0), f32(0)]) // nobody was asked yet
  expect(found[1]).toEqual([f32(0, 0, 0), f32(0)]) // they are asked meanwhile
  expect(found[2]).toEqual([f32(1, 0, 1), f32(1)])
  expect(asked).toHaveLength(2)
  expect(learned.queue).toEqual([])
})

test('the newest are asked first, no more than are to be; the rest waits', async () => {
  const { ask, asked } = await liking()
  const groups = [
    exampleGroup(saying('a', 'b', 'c')),
    exampleGroup(saying('d')),
    exampleGroup(saying('d')),
  ]
  const { learned } = await iterations(ask, groups, { asks: 2 })
  const texts = asked.map(({ body }) => /<step>\n(.*)\n/.exec(body.messages.at(-1)!.content)![1]!)
  expect(texts.sort()).toEqual(['a', 'b', 'c', 'd'])
  expect(texts.length).toBe(4)
  expect(learned.queue).toEqual([])
  expect(learned.labels.map(([caption]) => caption)).toEqual(['b', 'c', 'a', 'd'])
})

test('nobody waits: what is queued is asked for before the rollouts are there', async () => {
  const { ask } = await liking()
  const order: string[] = []
  const spy: Ask = (...asked) => {
    order.push('asked')
    return ask(...asked)
  }
  const learned = {
    queue: [{ caption: 'key', question: 'q' }],
    labels: [],
    weights: noWeights,
    moments: null,
  }
  const { meanwhile } = onlineLabels(spy, { ...options, learned })
  await meanwhile(async () => {
    order.push('sampled')
    return []
  })([], 1)
  expect(order).toEqual(['asked', 'sampled'])
})

test('an answer that never comes is counted, is no label, and the step is queued again when it is seen again', async () => {
  const { ask, client } = await liking(() => 'perhaps')
  const group = exampleGroup(saying('key'))
  const { found, learned } = await iterations(ask, [group, group, group])
  expect(found.flat()).toEqual([f32(0), f32(0), f32(0)])
  expect(learned.labels).toEqual([])
  expect(client.spent().missing).toEqual({ garbage: 1 })
  const again = await iterations(ask, [group, group, group, group])
  expect(again.learned.labels).toEqual([])
  expect(client.spent().missing).toEqual({ garbage: 3 })
})

test.each(['classification', 'ranking'])(
  '%s tells of steps that were never asked for',
  async rewards => {
    const { ask } = await liking()
    const places = ['red', 'blue', 'old', 'new']
    const seen = exampleGroup(saying(...places.flatMap(place => [`${place} key`, `${place} wall`])))
    const unseen = exampleGroup(saying('green key', 'green wall'))
    const { found, learned } = await iterations(ask, [seen, seen, seen, unseen], { rewards })
    const [key, wall] = found[3]![0]!
    expect(key).toBeGreaterThan(0)
    expect(wall).toBe(0)
    expect(learned.weights.every(Number.isFinite)).toBe(true)
  },
)

test('what ranking says is normalised to mean 0 and deviation 1 before it is cut at 0', async () => {
  const { ask } = await liking()
  const texts = ['red key', 'red wall', 'old key', 'old wall']
  const group = exampleGroup(saying(...texts))
  const { found, learned } = await iterations(ask, Array(3).fill(group), { rewards: 'ranking' })
  const raw = texts.map(text => scoreOf(learned.weights, text))
  const deviation = Math.sqrt(mean(raw.map(x => (x - mean(raw)) ** 2)))
  expectClose(
    found[2]![0]!,
    raw.map(x => Math.max(0, (x - mean(raw)) / deviation)),
  )
})

test('the slope of a lesson is that of its log-likelihood', () => {
  const draw = random(9)
  const weights = noWeights.map(() => draw() - 0.5)
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
  const cases = [
    [{ caption: 'a b', label: 1 }, (w: readonly number[]) => Math.log(sigmoid(scoreOf(w, 'a b')))],
    [
      { caption: 'a b', label: 0 },
      (w: readonly number[]) => Math.log(1 - sigmoid(scoreOf(w, 'a b'))),
    ],
    [
      { better: 'a b', worse: 'b c d' },
      (w: readonly number[]) => Math.log(sigmoid(scoreOf(w, 'a b') - scoreOf(w, 'b c d'))),
    ],
  ] as const
  for (const [one, likelihood] of cases) {
    const slopes = learnt(weights, one, 1).map((x, i) => x - weights[i]!)
    for (const [i, slope] of slopes.entries()) {
      const at = (by: number) => likelihood(weights.with(i, weights[i]! + by))
      expect(slope).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 5)
    }
  }
})

test('a graded step earns its score, half of it the second time, nothing below 0', () => {
  const group = exampleGroup(saying('a', 'a', 'b'))
  const [returns_T] = firstSeen({ decay: 1, graded: true })(group, { steps_G_S: [f32(3, 3, -1)] })
  expectClose([...returns_T!], [4.5, 1.5, 0])
})
