import { expect, test } from 'vitest'
import { ConfigError } from '../../src/errors.ts'
import { verifierQuality } from '../../src/eval/verifier-quality.ts'
import { below, hashSeed, random } from '../../src/numbers/random.ts'
import { majority, probed } from '../../src/rewards/probed.ts'
import { type Ask, chatClient } from '../../src/rewards/remote/chat.ts'
import type { Environment } from '../../src/rollouts/environment.ts'
import { probing } from '../../src/rollouts/probing.ts'
import { talking } from '../../src/rollouts/talking.ts'
import type { Group, RoleSpan, Rollout } from '../../src/types.ts'
import { exampleGroup, exampleRollout } from '../example-groups.ts'
import { chatServer } from '../rewards/remote/chat-server.ts'
import { problems, tokenizer, toyPolicy, toySampler } from '../toy.ts'

const end = 1
const letters = {
  ...tokenizer,
  encode: (text: string) => Int32Array.from(text, letter => letter.charCodeAt(0)),
  pieces: (ids: ArrayLike<number>) =>
    Array.from(ids, id => (id === end ? '<end>' : String.fromCharCode(id))),
}

/** Files that may be moved; where one is locked it stays, and nothing tells so but a list of all. */
const files: Environment = {
  name: 'files',
  stops: [';'],
  open({ meta }) {
    const names = new Set(['a'])
    return {
      reply(text) {
        if (text === 'ls;') return [...names].join()
        const [, from, to] = /mv (\w) (\w);/.exec(text) ?? []
        if (from === undefined || to === undefined) return text === 'boom;' ? (3 as never) : null
        if (names.has(from) && meta.locked !== true) {
          names.delete(from)
          names.add(to)
        }
        return 'ok'
      },
    }
  },
}
const probe = probing({ environment: files, tokenizer: letters, stopIds: [end] })

/** What policy and environment say in turn. */
function talked(...said: readonly string[]): Rollout {
  const texts = said.map((text, i) => (i === said.length - 1 ? [...text, '<end>'] : [...text]))
  const ids = texts.flat().map(one => (one === '<end>' ? end : one.charCodeAt(0)))
  let at = 0
  const spans = texts.map((one, i): RoleSpan => {
    const start = at
    at += one.length
    return { start, end: at, role: i % 2 === 0 ? 'policy' : 'tool' }
  })
  const text = said.join('')
  return { ...exampleRollout([ids.length], spans), ids: Int32Array.from(ids), text }
}

const groupOf = (locked: boolean, ...rollouts: readonly Rollout[]): Group => {
  const group = exampleGroup(...rollouts)
  return { ...group, problem: { ...group.problem, prompt: 'move a to b', meta: { locked } } }
}

/** Probes the list of files; says yes where it is b alone. */
const reasoner: Ask = async (messages, read) => {
  const asked = messages.at(-1)!.content
  const facts = /<facts>\n(.*)\n<\/facts>/.exec(asked)
  if (facts !== null) return read(`\\boxed{${facts[1] === 'there is b' ? 'yes' : 'no'}}`)
  if (asked.includes('List what the work claims')) return read('- a was moved to b')
  const reply = /<reply>\n(.*)\n<\/reply>/.exec(asked)
  if (reply !== null) return read(`1. there is ${reply[1]}\n`)
  return read('b must be there, and a not: \\boxed{ls;}')
}

test('what no transcript shows: a passive judge is right by chance, a probing one always (arXiv:2509.21823)', async () => {
  const draw = random(45)
  const cases = Array.from({ length: 60 }, () => {
    const [locked, moves] = [below(draw, 2) === 1, below(draw, 3) > 0]
    const rollout = moves ? talked('mv a b;', 'ok', 'done') : talked('mv c b;', 'ok', 'done')
    return { group: groupOf(locked, rollout), expected: moves && !locked, moves }
  })
  const found = await probed(reasoner, probe, { probes: 2, votes: 1, rounds: 1, seed: 1 })(
    cases.map(({ group }) => group),
  )
  const quality = (said: (i: number) => boolean) =>
    verifierQuality(cases.map(({ expected }, i) => ({ kind: 'files', expected, said: said(i) })))
  const active = quality(i => found[i]!.parts_G.confirmed[0] === 1)
  expect(active).toMatchObject({ accuracy: 1, f1: 1, untold: 0 })
  // the best that a judge of the text alone can do is to believe who moves
  const passive = quality(i => cases[i]!.moves)
  expect(passive.recall).toBe(1)
  expect(passive.precision).toBeLessThan(0.75)
})

test('probes do not see each other, and a state that cannot be made again is not known', async () => {
  const { problem } = groupOf(false)
  const moved = talked('mv a b;', 'ok', 'done')
  expect(await probe(problem, moved, ['mv b c;'])).toBe('ok')
  expect(await probe(problem, moved, ['ls;'])).toBe('b')
  expect(await probe(problem, moved, ['what?'])).toBe('') // nothing is said to that
  expect(await probe(problem, moved, ['boom;'])).toBeNull() // it fails
  expect(await probe(problem, talked('mv a b;', 'no', 'done'), ['ls;'])).toBeNull()
  expect(await probe(problem, talked('huh;', 'ok', 'done'), ['ls;'])).toBeNull()
  const cut: Rollout = { ...talked('mv a b;'), stop: 'length' }
  expect(await probe(problem, cut, ['ls;'])).toBe('a') // the environment was never told
  const talk = { said: '', replies: 0, parts: {}, failed: 'hung' }
  expect(await probe(problem, { ...moved, talk }, ['ls;'])).toBeNull()
  const alone = probing({ tokenizer: letters, stopIds: [end] })
  await expect(alone(problem, moved, ['ls;'])).rejects.toThrow(ConfigError)
})

test.each([[['good']], [[]]])(
  'what a policy did in an environment that stops at %j is done again',
  async stops => {
    let heard: string[] = []
    const counting: Environment = {
      name: 'counting',
      stops,
      open() {
        const all: string[] = []
        return {
          reply(text) {
            all.push(text)
            heard = all
            return all.length > 3 ? null : 'bad'.repeat(all.length)
          },
        }
      },
    }
    const sampler = { ...toySampler(toyPolicy(3)), environment: counting }
    const [group] = await talking(sampler, counting, 16)(problems.slice(0, 1), 1)
    let replies = 0
    for (const rollout of group!.rollouts) {
      expect(await probing(sampler)(group!.problem, rollout, ['probe'])).not.toBeNull()
      expect(heard.at(-1)).toBe('probe')
      expect(heard.slice(0, -1).join('')).toBe(told(rollout))
      replies += rollout.talk!.replies
    }
    expect(replies).toBeGreaterThan(8)
  },
)

/** What the environment was told: all that the policy said, but for a last text that was cut off. */
function told({ spans, ids, stop, talk }: Rollout): string {
  const last = spans.at(-1)!
  const untold = stop === 'length' && last.role === 'policy'
  const cut = untold ? tokenizer.decode(ids.subarray(last.start, last.end)) : ''
  return talk!.said.slice(0, talk!.said.length - cut.length)
}

test('a vote without a reply or an answer is missing; most of the others decide, and a tie is no success', async () => {
  expect([[true, null], [true, false], [false], [null], []].map(majority)).toEqual([
    1,
    0,
    0,
    null,
    null,
  ])
  const group = groupOf(false, talked('mv a b;', 'ok', 'done'), talked('mv a b;', 'no', 'done'))
  const seeds = new Set<number>()
  const ask: Ask = async (messages, read, asked) => {
    seeds.add(asked!.seed!)
    return asked!.seed === hashSeed(1, 'vote', 0) ? null : reasoner(messages, read, asked)
  }
  const [found] = await probed(ask, probe, { probes: 1, votes: 3, rounds: 1, seed: 1 })([group])
  expect(found).toEqual({ parts_G: { confirmed: [1, null] } })
  expect(seeds.size).toBe(3)
})

test('at most so many probes are sent, none twice; of an answer without boxes its last line', async () => {
  const group = groupOf(false, talked('mv a b;', 'ok', 'done'))
  const sentOf = async (answer: string) => {
    const sent: string[] = []
    const ask: Ask = async (_, read) => read(answer)
    const spy = async (_: unknown, __: unknown, texts: readonly string[]) => {
      sent.push(texts.at(-1)!)
      return 'b'
    }
    const [found] = await probed(ask, spy, { probes: 2, votes: 1, rounds: 1, seed: 1 })([group])
    return { sent, confirmed: found!.parts_G.confirmed }
  }
  const boxes = '\\boxed{x} \\boxed{ls;} \\boxed{} \\boxed{ls;} \\boxed{yes}'
  expect(await sentOf(boxes)).toEqual({ sent: ['ls;', 'yes'], confirmed: [1] })
  expect(await sentOf('Try this:\nls;\n')).toEqual({ sent: ['ls;'], confirmed: [null] })
  expect(await sentOf(' \n')).toEqual({ sent: [], confirmed: [null] })
})

test('a round is told behind those before it, and planned by their replies; lists are made apart', async () => {
  const group = groupOf(false, talked('mv c b;', 'ok', 'done')) // nothing has moved
  const asked: string[] = []
  const answers = [
    '\\boxed{mv a d;}',
    'so a was there: \\boxed{ls;} \\boxed{mv d e;}',
    '\\boxed{enough}',
  ]
  const ask: Ask = async (messages, read) => {
    const content = messages.at(-1)!.content
    asked.push(content)
    if (content.includes('<claims>')) return read('\\boxed{no}')
    if (content.includes('List what'))
      return read(`* ${content.includes('<work>') ? 'moved' : 'd'}`)
    return read(answers.shift()!)
  }
  const told: (readonly string[])[] = []
  const spy: typeof probe = (problem, rollout, texts, signal) => {
    told.push(texts)
    return probe(problem, rollout, texts, signal)
  }
  const [found] = await probed(ask, spy, { probes: 2, votes: 1, rounds: 5, seed: 1 })([group])
  expect(found!.parts_G.confirmed).toEqual([0])
  expect(told).toEqual([['mv a d;'], ['mv a d;', 'ls;'], ['mv a d;', 'mv d e;']])
  expect(asked[1]).toContain('<reply>\nok\n</reply>')
  expect(asked[2]).toContain('<reply>\nd\n</reply>') // what the first round did is seen by the second
  const [claims, facts, verdict] = asked.slice(3)
  expect([claims!.includes('<probe>'), facts!.includes('<work>')]).toEqual([false, false])
  expect(verdict).toContain('<claims>\nmoved\n</claims>\n\n<facts>\nd\n</facts>')
})

test('behind a real server: a list that never comes is a missing vote, counted, and no reward', async () => {
  const server = await chatServer(({ body }) => {
    const content = body.messages.at(-1)!.content
    if (content.includes('List what the replies')) return ' '
    return content.includes('<claims>') ? '\\boxed{yes}' : '\\boxed{ls;}'
  })
  const client = chatClient({ url: server.url, model: 'm', retries: 0 })
  const ask: Ask = async (...asked) => (await client.ask(...asked)).value
  const group = groupOf(false, talked('mv a b;', 'ok', 'done'))
  const [found] = await probed(ask, probe, { probes: 1, votes: 1, rounds: 1, seed: 1 })([group])
  expect(found!.parts_G.confirmed).toEqual([null])
  expect(client.spent().missing).toEqual({ garbage: 1 })
  await server.close()
})
