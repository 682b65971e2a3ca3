// A model of another server, asked by the verbs of an engine that do not change it. What it is lies here as a folder with
// its configuration and tokenizer; weights are not read.

import { ConfigError, EngineError } from '../../errors.ts'
import type { Tokenizer } from '../../tokenizer/tokenizer.ts'
import { noMeans } from '../abilities.ts'
import type { Engine, ModelInfo } from '../engine.ts'
import { readShape } from '../hf/shape.ts'
import { absentIds } from '../hf/vocabulary.ts'
import { type Classify, classifier } from './classify.ts'
import { connect, type Served, servedBy } from './connection.ts'
import { type Next, nextTokens } from './next.ts'
import { sampled } from './sample.ts'
import { scored } from './score.ts'

/** A model that can be asked and does not learn. How many weights it has is not known. */
export interface ServedModel
  extends Pick<Engine, 'spell' | 'sample' | 'score' | 'classify' | 'close'> {
  readonly info: Omit<ModelInfo, 'parameters'>
  readonly next: Next | null // null where the server does not know it, or is not asked for scores
}

export interface ServedOptions {
  readonly folder: string // the model's config.json and tokenizer, here
  readonly tokenizer: Tokenizer
  /** Of a classifier: the token that closes steps, where it is always the same; default null. */
  readonly separator?: number | null
  /** What it will be asked for; scores are tried at once. A classifier is tried in any case. */
  readonly use: 'scores' | 'samples'
  readonly say: (line: string) => void
  readonly signal?: AbortSignal | undefined
}

/**
 * Finds a model on a server and tries it, on five tokens. Throws ConfigError where it is not served there, or is another one
 * than that of the folder, and EngineError where it cannot be asked.
 */
export async function openServed(
  served: Served,
  { folder, tokenizer, separator = null, use, say, signal }: ServedOptions,
): Promise<ServedModel> {
  const { architecture, head, vocabSize, classes, maxPositions } = await readShape(folder)
  const connection = await connect(served, { folder, tokenizer }, { say, signal })
  const words = wordsOf(tokenizer, separator)
  const labels = head === 'token-classification'
  const classify: Classify = labels
    ? await classifier(connection, { classes, separator, words }, signal)
    : async () => {
        throw new EngineError(`${folder} is a language model; it has no classes`)
      }
  const scores = !labels && use === 'scores'
  if (scores)
    await scored(connection, [Int32Array.of(...words)], signal).catch(
      servedBy('a language model is served by vllm serve MODEL'),
    )
  const next = scores ? await nextTokens(connection, [...words, tokenizer.eosId], signal) : null
  const requireLanguage = (): void => {
    if (labels) throw new EngineError(`${folder} is a token classifier; it predicts no tokens`)
  }
  let told = false
  const textAlone = (): void => {
    if (told) return
    told = true
    const { shown, model } = connection
    say(
      `${shown} gives texts of ${model} without their tokens: these are made anew from the text, and are not always ` +
        'those that were sampled; there are no log-probabilities of them',
    )
  }
  return {
    info: {
      ...{ architecture, head, vocabSize, classes },
      absentIds: await absentIds(folder, vocabSize),
      // a request for scores has room for a token beside them
      maxPositions: Math.min(maxPositions, connection.maxLength - (labels ? 0 : 1)),
    },
    spell: async () => {}, // the server looks for stop strings
    classify,
    next,
    score: async (sequences, signal, { meanLogprobs = false } = {}) => {
      requireLanguage()
      if (meanLogprobs) throw new EngineError(noMeans)
      return scored(connection, sequences, signal)
    },
    sample: async (requests, options) => {
      requireLanguage()
      return sampled(connection, { tokenizer, vocabSize, textAlone }, requests, options)
    },
    close: async () => {},
  }
}

/** Two tokens that spell something, to ask about: not the separator. */
function wordsOf(tokenizer: Tokenizer, separator: number | null): readonly [number, number] {
  const { starts } = tokenizer.tokenBytes()
  const spelling: number[] = []
  for (let id = 0; id < starts.length - 1 && spelling.length < 2; id++)
    if (starts[id + 1]! > starts[id]! && id !== separator) spelling.push(id)
  const [a, b] = spelling
  if (a === undefined || b === undefined)
    throw new ConfigError('the tokenizer spells fewer than two tokens')
  return [a, b]
}
