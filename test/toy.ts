// A vocabulary of thirteen tokens, a tokenizer for it, and problems that a model with a memory of one token can solve: the
// question `q0` wants the answer \boxed{0}. With the fake engine they make the whole pipeline run in milliseconds.

import type { Engine } from '../src/engine/engine.ts'
import { type FakeEngine, fakeEngine } from '../src/engine/fake.ts'
import { DataError } from '../src/errors.ts'
import type { Scorer, StepRewards } from '../src/method.ts'
import { hashSeed } from '../src/numbers/random.ts'
import type { Needs, Recipe } from '../src/recipe.ts'
import { recipes } from '../src/recipes/index.ts'
import type { Ask } from '../src/rewards/remote/chat.ts'
import { stepScores } from '../src/rewards/step-scores.ts'
import type { Environment } from '../src/rollouts/environment.ts'
import type { Sampler } from '../src/rollouts/sampler.ts'
import type { TokenBytes, Tokenizer } from '../src/tokenizer/tokenizer.ts'
import { type AtHand, needsOf } from '../src/train/needs.ts'
import type { Problem } from '../src/types.ts'

const answers = ['\\boxed{0}', '\\boxed{1}', '\\boxed{2}', '\\boxed{3}']
const texts = ['<pad>', '<end>', '\n\n', 'good', 'bad', 'q0', 'q1', 'q2', 'q3', ...answers]
const specials = 2

/** One token for each text of the vocabulary. */
export const tokenizer: Tokenizer = {
  vocabSize: texts.length,
  eosId: 1,
  padId: 0,
  encode(text) {
    const ids: number[] = []
    for (let at = 0; at < text.length; ) {
      const id = texts.findIndex((one, i) => i >= specials && text.startsWith(one, at))
      if (id < 0) throw new DataError(`toy tokenizer: cannot spell ${text.slice(at)}`)
      ids.push(id)
      at += texts[id]!.length
    }
    return Int32Array.from(ids)
  },
  decode: ids => tokenizer.pieces(ids).join(''),
  pieces: ids => Array.from(ids, id => (id < specials ? '' : texts[id]!)),
  tokenBytes: () => tokenBytesOf(texts.map((text, id) => (id < specials ? '' : text))),
}

/** Texts as the bytes of a vocabulary. */
export function tokenBytesOf(texts: readonly string[]): TokenBytes {
  const all = texts.map(text => new TextEncoder().encode(text))
  let end = 0
  const starts = Int32Array.of(0, ...all.map(bytes => (end += bytes.length)))
  return { bytes: Uint8Array.from(all.flatMap(bytes => [...bytes])), starts }
}

export const problems: readonly Problem[] = answers.map((_, i) => ({
  id: `q${i}`,
  prompt: `q${i}`,
  answer: String(i),
  solution: ['good', `good${answers[i]}`],
  meta: {},
}))

/** A fresh policy over the toy vocabulary. */
export function toyPolicy(seed = 0): FakeEngine {
  return fakeEngine({ vocabSize: texts.length, maxPositions: 32, seed })
}

/** A fresh classifier of tokens over the toy vocabulary. */
export function toyJudge(seed = 0, classes = 2): FakeEngine {
  return fakeEngine({
    vocabSize: texts.length,
    maxPositions: 32,
    head: 'token-classification',
    classes,
    seed,
  })
}

export const maxTokens = 12

export function toySampler(engine: Engine): Sampler & { readonly engine: Engine } {
  return { engine, tokenizer, stopIds: [tokenizer.eosId], maxTokens }
}

/** An environment that says nothing, and gives what carried recipes may read of one, by its seed. */
const toyEnvironment: Environment = {
  name: 'toy',
  stops: [],
  open: (_, seed) => ({
    reply: () => null,
    score: () => ({
      parts: Object.fromEntries(toyParts.map((name, i) => [name, ((seed >>> i) % 5) / 4])),
    }),
  }),
}
const toyParts = [
  'runs',
  'schema',
  'bigrams',
  'format',
  'passed',
  'statements',
  'held',
  'coded',
  'soft',
  'hard',
]

/** What a recipe is given beside its policy, where it needs more than that. */
export function toyMore({ needs }: Pick<Recipe, 'needs'>, policy: Engine): Partial<AtHand> {
  if (!needs.includes('environment')) return {}
  return { sampler: { ...toySampler(policy), environment: toyEnvironment } }
}

/** What a recipe is built from. The judge is a model, or, where there is none, a rule: a step with `bad` in it is wrong. */
export function toyNeeds(policy: Engine, judge?: Engine, more: Partial<AtHand> = {}): Needs {
  return needsOf(
    { name: 'toy' },
    {},
    {
      sampler: toySampler(policy),
      judge: { rewards: judge ? stepScores(judge) : byWord },
      chat: { ask: toyChat },
      askOf: () => toyChat,
      beside: toyModels(),
      reference: async () => toyPolicy(1),
      ...more,
    },
  )
}

const toyCode = '<code>function factors(step) { return [step.length] }</code>'

/** A chat model that always answers in a form that can be read, by what it is shown. */
const toyChat: Ask = async (messages, read, { seed = 0 } = {}) => {
  const n = hashSeed(seed, 'toy chat', JSON.stringify(messages))
  const boxed = [1 + (n % 10), n % 2, n % 2 ? 'yes' : 'no', n % 2 ? 'A' : 'B']
  const forms = [
    ...boxed.map(said => `\\boxed{${said}}`),
    'Steps: 1',
    '<short>good</short>',
    toyCode,
  ]
  for (const said of forms) {
    const found = read(said)
    if (found !== null) return found
  }
  return null
}

const byWord: Scorer<StepRewards> = async groups =>
  groups.map(({ rollouts }) => ({
    steps_G_S: rollouts.map(({ steps }) =>
      Float32Array.from(steps, ({ text }) => (text.includes('bad') ? -0.9 : 0.9)),
    ),
  }))

/** The models that carried recipes have beside the policy. */
function toyModels(): Record<string, Engine> {
  const named = recipes.flatMap(({ beside = {} }) => Object.entries(beside))
  return Object.fromEntries(
    named.map(([name, { classes }]) => [
      name,
      classes === null ? toyPolicy(4) : toyJudge(2, classes),
    ]),
  )
}

export interface Call {
  readonly verb: string
  readonly args: readonly unknown[]
}

/** An engine that does what the other one does, and keeps a list of what it was asked. */
export function spied(engine: Engine): { readonly engine: Engine; readonly calls: Call[] } {
  const calls: Call[] = []
  const spy = new Proxy(engine, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value !== 'function') return value
      return (...args: readonly unknown[]): unknown => {
        calls.push({ verb: String(name), args })
        return value.apply(target, args)
      }
    },
  })
  return { engine: spy, calls }
}
