import { expect, test } from 'vitest'
import { ConfigError } from '../../../src/errors.ts'
import { reasoningPairs } from '../../../src/prm/train/reasonings.ts'
import type { Ask } from '../../../src/rewards/remote/chat.ts'
import { tokenizer } from '../../toy.ts'
import { labelled, view } from './views.ts'

const thought = (id: string, steps: readonly string[]) =>
  labelled(
    steps,
    steps.map(() => null),
    { id },
  )
/** Rewrites 'good' to two of it and to 'bad'; says nothing of what holds 'q3'. */
const ask: Ask = async (messages, read) => {
  const said = messages[1]!.content
  if (said.includes('q3')) return null
  return read(said.includes('worse') ? 'bad\n\n' : 'good\n\ngood')
}

test('better before worse, better before it, it before worse (arXiv:2508.05170, section 3.2)', async () => {
  const { examples, leftOut } = await reasoningPairs(
    [thought('a', ['good']), thought('b', ['q3'])],
    { ...view, ask },
  )
  const spelled = examples.map(pair => pair.map(({ ids }) => tokenizer.decode(ids.slice(1))))
  expect(spelled).toEqual([
    ['good\n\ngood', 'good'],
    ['good\n\ngood', 'bad'],
    ['good', 'bad'],
  ])
  expect(leftOut).toEqual([{ count: 1, first: 'solution b: the chat model rewrote it in no way' }])
})

test('without a chat model it is refused', async () => {
  await expect(reasoningPairs([thought('a', ['good'])], view)).rejects.toThrow(ConfigError)
})
