import { afterEach, describe, expect, test } from 'vitest'
import { VerifierError } from '../../../src/errors.ts'
import { type JudgeOptions, judgeScorer } from '../../../src/prm/score/judge.ts'
import {
  type Asked,
  type ChatServer,
  chatServer,
  type Reply,
} from '../../rewards/remote/chat-server.ts'
import { solutionOf } from '../solutions.ts'

const servers: ChatServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function judge(
  reply: (asked: Asked) => Reply,
  options: JudgeOptions = {},
  timeoutMs = 60_000,
) {
  const server = await chatServer(reply)
  servers.push(server)
  const endpoint = { url: server.url, model: 'critic', backoffMs: 1, retries: 1, timeoutMs }
  return { scorer: judgeScorer(endpoint, options), server }
}

/** Critiques by the seed that asks for them. */
const said =
  (...replies: readonly Reply[]) =>
  ({ body }: Asked): Reply =>
    replies[body.seed! % replies.length]!
const three = solutionOf('Q', ['a', 'b', 'c'])

describe('scores of a judge are shares of its critiques', () => {
  test('one critique, its first error', async () => {
    const { scorer } = await judge(() => '\\boxed{1}')
    expect(await scorer.score([three])).toEqual([[1, 0, null]])
    expect(scorer).toMatchObject({ name: 'judge critic', range: [0, 1], threshold: 0.5 })
  })

  test('several, each step by those that say something of it', async () => {
    const critiques = said('\\boxed{1}', '\\boxed{-1}', '\\boxed{2}', '\\boxed{1}')
    const { scorer } = await judge(critiques, { votes: 4, seed: 0 })
    // of step 1: two wrong, two right; of step 2: one right, one wrong
    expect(await scorer.score([three])).toEqual([[1, 0.5, 0.5]])
  })

  test('as CAPO votes: {1,2}, {2}, {2,3}, {2} of four steps', async () => {
    const four = solutionOf('Q', ['a', 'b', 'c', 'd'])
    const lists = said('\\boxed{0, 1}', '\\boxed{1}', '\\boxed{1, 2}', '\\boxed{1}')
    const options = { style: 'wrong-steps', votes: 4, seed: 0 } as const
    const wrong = async (vote: 'majority' | 'intersection' | 'union'): Promise<number[]> => {
      const { scorer } = await judge(lists, { ...options, vote })
      const [scores] = await scorer.score([four])
      expect(scores).toEqual([0.75, 0, 0.75, 1])
      return scores!.flatMap((score, s) => (score! > scorer.threshold ? [] : [s]))
    }
    expect(await wrong('intersection')).toEqual([1])
    expect(await wrong('majority')).toEqual([1])
    expect(await wrong('union')).toEqual([0, 1, 2])
  })

  test('half of the votes is a majority that calls a step wrong', async () => {
    const { scorer } = await judge(said('\\boxed{0}', '\\boxed{none}'), {
      style: 'wrong-steps',
      votes: 2,
      seed: 0,
    })
    const [scores] = await scorer.score([three])
    expect(scores![0]).toBe(0.5)
    expect(scores![0]! > scorer.threshold).toBe(false)
  })

  test('a critique that checks itself again: the last that comes counts', async () => {
    const { scorer, server } = await judge(
      ({ body }) => (body.messages.length > 2 ? '\\boxed{1}' : '\\boxed{-1}'),
      { rounds: 2 },
    )
    expect(await scorer.score([three])).toEqual([[1, 0, null]])
    expect(server.asked[1]!.body.messages.slice(2)).toEqual([
      { role: 'assistant', content: '\\boxed{-1}' },
      { role: 'user', content: 'Let us check this once more. End as before.' },
    ])
    const silent = await judge(({ body }) => (body.messages.length > 2 ? 'hm' : '\\boxed{2}'), {
      rounds: 2,
    })
    expect(await silent.scorer.score([three])).toEqual([[1, 1, 0]])
  })

  test('a solution without steps is not asked about', async () => {
    const { scorer, server } = await judge(() => '\\boxed{-1}')
    expect(await scorer.score([solutionOf('Q', []), three])).toEqual([[], [1, 1, 1]])
    expect(server.asked.length).toBe(1)
  })

  test('each solution has its own, in order, whichever is answered first', async () => {
    const { scorer } = await judge(({ body }) => {
      const first = body.messages[1]!.content.includes('slow')
      return first ? { after: 60, text: '\\boxed{0}' } : '\\boxed{-1}'
    })
    const rows = await scorer.score([solutionOf('slow', ['a']), solutionOf('fast', ['a'])])
    expect(rows).toEqual([[0], [1]])
  })
})

describe('a critique that does not come is missing, never a score', () => {
  test.each<[string, Reply]>([
    ['garbage', 'I could not say.'],
    ['a step that is not there', '\\boxed{3}'],
    ['an error of the server', { status: 500 }],
    ['a refusal', { status: 400 }],
    ['silence', 'hang'],
    ['no JSON', { raw: 'oops' }],
  ])('%s', async (_, failure) => {
    const { scorer } = await judge(
      ({ body }) => (body.messages[1]!.content.includes('fine') ? '\\boxed{-1}' : failure),
      {},
      failure === 'hang' ? 1500 : undefined,
    )
    expect(await scorer.score([solutionOf('fine', ['a']), three])).toEqual([
      [1],
      [null, null, null],
    ])
    expect(Object.values(scorer.spent().missing)).toEqual([1])
  })

  test('half of the votes are enough, fewer are not', async () => {
    const two = said('\\boxed{1}', '\\boxed{-1}', '?', '?')
    const options = { votes: 4, seed: 0 }
    const { scorer } = await judge(two, options)
    expect(await scorer.score([three])).toEqual([[1, 0.5, 1]])
    expect(scorer.spent()).toMatchObject({ requests: 6, retries: 2, missing: { garbage: 2 } })
    const one = await judge(said('\\boxed{1}', '?', '?', '?'), options)
    expect(await one.scorer.score([three])).toEqual([[null, null, null]])
    const all = await judge(two, { ...options, quorum: 4 })
    expect(await all.scorer.score([three])).toEqual([[null, null, null]])
  })

  test('steps of which every critique is unsure have none', async () => {
    const { scorer } = await judge(() => '\\boxed{correct} \\boxed{unsure} \\boxed{incorrect}', {
      style: 'each-step',
      votes: 2,
    })
    expect(await scorer.score([three])).toEqual([[1, null, 0]])
  })
})

test('a key that is refused ends it, and what was under way', async () => {
  const { scorer, server } = await judge(({ call }) => (call === 0 ? { status: 401 } : 'hang'))
  const many = Array.from({ length: 40 }, (_, i) => solutionOf('Q', ['a'], `s${i}`))
  await expect(scorer.score(many)).rejects.toThrow(VerifierError)
  expect(server.asked.length).toBeLessThan(20)
})

test('votes and quorum that cannot be are refused', () => {
  const endpoint = { url: 'http://localhost:1', model: 'm' }
  expect(() => judgeScorer(endpoint, { votes: 0 })).toThrow(RangeError)
  expect(() => judgeScorer(endpoint, { votes: 2, quorum: 3 })).toThrow(RangeError)
})
