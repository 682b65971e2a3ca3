import { expect, test } from 'vitest'
import { ConfigError, DataError } from '../../../src/errors.ts'
import { keptCritiques } from '../../../src/prm/train/critiques.ts'
import { ofTexts } from '../../../src/prm/train/objective.ts'
import { type Ask, chatClient } from '../../../src/rewards/remote/chat.ts'
import { chatServer } from '../../rewards/remote/chat-server.ts'
import { toyPolicy } from '../../toy.ts'
import { plainTokens, writer } from '../critiques.ts'
import { labelled, view } from './views.ts'

const sound = labelled(['a', 'b'], [1, 1], { id: 'sound' })
const flawed = labelled(['a', 'c', 'd'], [1, 0, null], { id: 'flawed' })
const said = (...verdicts: string[]): string => verdicts.map(v => `\\boxed{${v}}`).join(' ')
const options = { writer: 'model', critiques: 3, critiqueTokens: 40 }

test('kept are critiques whose every verdict is as labelled, that end, and that are short enough', async () => {
  const tokens = await plainTokens()
  const own = { ...view, tokens, positions: 512 }
  const texts: Record<string, (string | null)[]> = {
    'q0a\n\nb\n\n': [said('correct', 'correct'), said('correct', 'incorrect'), null],
    'q0a\n\nc\n\nd\n\n': [
      said('correct', 'correct', 'correct'),
      said('correct'),
      `${'so '.repeat(60)}${said('correct', 'incorrect')}`,
    ],
  }
  const model = writer(tokens, (prompt, n) => texts[prompt]![n]!)
  const { examples, leftOut } = await keptCritiques([sound, flawed], own, options, model)
  expect(examples.map(({ ids, from }) => tokens.tokenizer.decode(ids.subarray(from, -1)))).toEqual([
    said('correct', 'correct'),
  ])
  expect(examples[0]!.ids.at(-1)).toBe(tokens.tokenizer.eosId)
  expect(leftOut).toEqual([
    { count: 1, first: 'solution flawed: no critique of it says what its labels say' },
  ])
})

test('labels write the shortest; a chat model writes where there is one', async () => {
  const tokens = await plainTokens()
  const own = { ...view, tokens, positions: 512 }
  const none = writer(tokens, () => null)
  const byLabels = await keptCritiques([sound, flawed], own, { ...options, writer: 'labels' }, none)
  expect(byLabels.examples).toHaveLength(2)
  const asked: number[] = []
  const ask: Ask = async (messages, read, { seed = 0 } = {}) => {
    asked.push(seed)
    const one = messages[1]!.content.includes('<step_2>')
      ? ['correct', 'incorrect']
      : ['correct', 'correct']
    return seed === 1 ? null : read(said(...one))
  }
  const chat = { ...options, writer: 'chat' }
  const byChat = await keptCritiques([sound, flawed], { ...own, ask }, chat, none)
  expect(asked).toEqual([0, 1, 2, 0, 1, 2])
  expect(byChat.examples).toHaveLength(2) // what is said twice is learned once
  await expect(keptCritiques([sound], own, chat, none)).rejects.toThrow(ConfigError)
})

test('a chat model that is told what a calculator says: kept is what agrees (arXiv:2510.14942)', async () => {
  const asked: string[] = []
  const server = await chatServer(({ body }) => {
    const { content } = body.messages.at(-1)!
    asked.push(content)
    if (content.includes('half')) return 'I like it.'
    const wrong = content.includes(', not ') // it believes the tool
    return wrong ? `7 and not 8: ${said('incorrect')}` : `It holds. ${said('correct', 'correct')}`
  })
  const client = chatClient({ url: server.url, model: 'm', retries: 0 })
  const ask: Ask = async (...all) => (await client.ask(...all)).value
  try {
    const tokens = await plainTokens()
    const own = { ...view, tokens, positions: 1024, ask }
    const solutions = [
      labelled(['3+4=7', '7*2=14'], [1, 1], { id: 'holds' }),
      labelled(['3+4=8', '8*2=16'], [0, null], { id: 'fails' }),
      labelled(['3+4=8'], [1], { id: 'misjudged' }),
      labelled(['half of it'], [1], { id: 'unread' }),
    ]
    const checked = { ...options, writer: 'checked', critiques: 1, critiqueTokens: 200 }
    const none = writer(tokens, () => null)
    const { examples, leftOut } = await keptCritiques(solutions, own, checked, none)
    expect(asked.slice(0, 2)).toEqual([
      expect.stringContaining('step 0: 3+4 is 7, as said\nstep 1: 7*2 is 14, as said'),
      expect.stringContaining('step 0: 3+4 is 7, not 8\nstep 1: 8*2 is 16, as said'),
    ])
    expect(asked[3]).toContain('<tool>\nnothing\n</tool>')
    const texts = examples.map(({ ids, from }) => tokens.tokenizer.decode(ids.subarray(from, -1)))
    expect(texts).toEqual([
      `It holds. ${said('correct', 'correct')}`,
      `7 and not 8: ${said('incorrect')}`,
    ])
    expect(leftOut).toEqual([
      { count: 2, first: 'solution misjudged: no critique of it says what its labels say' },
    ])
  } finally {
    await server.close()
  }
})

test('a critique with a letter that the vocabulary lacks is left out', async () => {
  const tokens = await plainTokens()
  const encode = (text: string): Int32Array => {
    if (text.includes('~')) throw new DataError('the vocabulary cannot spell "~"')
    return tokens.tokenizer.encode(text)
  }
  const poor = Object.create(tokens.tokenizer, { encode: { value: encode } })
  const own = { ...view, tokens: { ...tokens, tokenizer: poor }, positions: 512 }
  const ask: Ask = async (_, read, { seed = 0 } = {}) =>
    read(seed === 0 ? `~${said('correct', 'correct')}` : said('correct', 'correct'))
  const learned = (critiques: number) => {
    const chat = { ...options, writer: 'chat', critiques }
    return keptCritiques(
      [sound],
      { ...own, ask },
      chat,
      writer(tokens, () => null),
    )
  }
  expect((await learned(2)).examples).toHaveLength(1)
  expect(await learned(1)).toEqual({
    examples: [],
    leftOut: [{ count: 1, first: expect.stringContaining('can be spelled') }],
  })
})

test('texts are learned as cross-entropy over what follows, each token alike', async () => {
  const model = toyPolicy(3)
  const batch = [
    { ids: Int32Array.of(5, 3, 2, 1), from: 2 },
    { ids: Int32Array.of(5, 4, 1), from: 1 },
  ]
  const scores = await model.score(batch.map(({ ids }) => ids))
  const learned = scores.flatMap(({ logprobs }, i) => [...logprobs.subarray(batch[i]!.from - 1)])
  const loss = await ofTexts().learn(model, batch)
  expect(loss).toBeCloseTo(-learned.reduce((a, b) => a + b, 0) / 4, 5)
  await model.step({ learningRate: 0.1 })
  expect(await ofTexts().learn(model, batch)).toBeLessThan(loss)
  expect(await ofTexts().learn(model, [])).toBe(0)
})
