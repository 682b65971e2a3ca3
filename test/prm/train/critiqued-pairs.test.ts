import { expect, test } from 'vitest'
import type { Engine, WeightedSequence } from '../../../src/engine/engine.ts'
import { random } from '../../../src/numbers/random.ts'
import {
  type CritiquedExample,
  critiquedPairs,
  ofCritiquedPairs,
} from '../../../src/prm/train/critiqued-pairs.ts'
import { prmMethodOf } from '../../../src/prm/train/methods/index.ts'
import { optionsOf } from '../../../src/prm/train/methods/method.ts'
import { toyPolicy } from '../../toy.ts'
import { plainTokens, writer } from '../critiques.ts'
import { labelled, view } from './views.ts'

const softplus = (x: number): number => Math.log1p(Math.exp(x))
const example = (ids: readonly number[], from: number, outcome: number): CritiquedExample => ({
  ids: Int32Array.from(ids),
  from,
  labels: [3, 4],
  outcome,
})
const pairs = [
  [example([5, 2, 3, 1], 2, 1), example([5, 2, 4, 4, 1], 2, 0)],
  [example([6, 3, 1], 1, 1), example([6, 2], 1, 0)],
] as const

/** The rating of a solution, log p(3) - log p(4) after all its tokens, and the log-probabilities of its critique. */
async function said(model: Pick<Engine, 'score'>, { ids, from }: CritiquedExample) {
  const [up, down] = await model.score([3, 4].map(label => Int32Array.from([...ids, label])))
  const critique = [...up!.logprobs.subarray(from - 1, -1)]
  return { rating: up!.logprobs.at(-1)! - down!.logprobs.at(-1)!, critique }
}

test('Bradley and Terry on the odds after critiques, and the cross-entropy of these (arXiv:2408.11791)', async () => {
  const model = toyPolicy(3)
  let [ranking, critiques, tokens] = [0, 0, 0]
  for (const pair of pairs) {
    const [chosen, rejected] = await Promise.all(pair.map(one => said(model, one)))
    ranking += softplus(rejected!.rating - chosen!.rating) / pairs.length
    for (const logprob of [...chosen!.critique, ...rejected!.critique]) {
      critiques -= logprob
      tokens++
    }
  }
  const loss = async (weight: number) => ofCritiquedPairs({ weight }).learn(toyPolicy(3), pairs)
  expect(await loss(0)).toBeCloseTo(ranking, 5) // the classic reward model
  expect(await loss(1.25)).toBeCloseTo(ranking + (1.25 * critiques) / tokens, 5)
  expect(await ofCritiquedPairs({ weight: 1 }).learn(model, [])).toBe(0)
})

test('the weights that are learned are the slopes of the loss', async () => {
  // the loss as a function of the log-probabilities that the model said, all of them moved by hand
  const draw = random(5)
  let learned: readonly WeightedSequence[] = []
  const asked: Int32Array[] = []
  const moved = new Map<string, number>()
  const key = (ids: Int32Array, t: number): string => `${ids.slice(0, t + 2)}`
  const value = (ids: Int32Array, t: number): number => {
    const name = key(ids, t)
    if (!moved.has(name)) moved.set(name, -3 * draw())
    return moved.get(name)!
  }
  const model = {
    score: async (sequences: readonly Int32Array[]) => {
      asked.splice(0, asked.length, ...sequences)
      return sequences.map(ids => ({
        logprobs: Float32Array.from({ length: ids.length - 1 }, (_, t) => value(ids, t)),
        entropies: null,
      }))
    },
    accumulate: async (sequences: readonly WeightedSequence[]) => {
      learned = sequences
      return []
    },
  } as unknown as Engine
  const loss = ofCritiquedPairs({ weight: 0.7 })
  await loss.learn(model, pairs)
  const slopes = new Map<string, number>()
  learned.forEach(({ ids, weights }) => {
    weights.forEach((weight, t) => {
      slopes.set(key(ids, t), (slopes.get(key(ids, t)) ?? 0) - weight)
    })
  })
  const h = 2 ** -8
  for (const [name, slope] of slopes) {
    const own = moved.get(name)!
    const at = async (d: number): Promise<number> => {
      moved.set(name, own + d)
      const found = await loss.learn(model, pairs)
      moved.set(name, own)
      return found
    }
    expect(slope).toBeCloseTo(((await at(h)) - (await at(-h))) / (2 * h), 3)
  }
})

test('pairs are of a right and a wrong solution to one problem, each with a critique, whatever that says', async () => {
  const tokens = await plainTokens()
  const { layout: layoutOf } = prmMethodOf('critiqued-pairs')
  const o = optionsOf(prmMethodOf('critiqued-pairs'))
  const own = { ...view, tokens, positions: 200, layout: layoutOf(view.layout, o) }
  const solutions = [
    labelled(['a'], [null], { id: '1', answerRight: true }),
    labelled(['b'], [null], { id: '2', answerRight: false }),
    labelled(['c'], [null], { id: '3', answerRight: null }),
  ]
  const model = writer(tokens, prompt => `about ${prompt.trim()}`)
  const options = { writer: 'model', critiques: 1, critiqueTokens: 40 }
  const { examples, leftOut } = await critiquedPairs(solutions, own, options, model)
  const texts = examples[0]!.map(({ ids, from }) => tokens.tokenizer.decode(ids.subarray(from, -1)))
  expect(texts).toEqual(['about q0a', 'about q0b'])
  expect(examples[0]![0].labels).toEqual(['+', '-'].map(text => tokens.tokenizer.encode(text)[0]))
  expect(leftOut).toEqual([
    {
      count: 1,
      first: 'solution 3: nobody knows whether its answer is right, or a critique has no room',
    },
  ])
})
