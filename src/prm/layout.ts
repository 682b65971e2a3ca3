// How a process reward model wants to be asked: what it reads of a problem and its steps, where its answer stands, and
// what the number means. It belongs to the model, so it lies in the model's config.json, under one key; training writes
// it, scoring reads it.

import { z } from 'zod'
import { checked } from '../data/checked.ts'
import { DataError } from '../errors.ts'
import { jsonOf, modelSource } from '../model-source/model-source.ts'
import { formulaNames } from '../rewards/step-formulas.ts'
import type { Json } from '../types.ts'
import { aggregations } from './score/step-scorer.ts'

/** The key of config.json that holds a layout. */
export const layoutKey = 'minform_prm'

const filled = z.string().min(1)

/** What stands before the steps. */
const promptSchema = z.discriminatedUnion('form', [
  /** `before`, the problem's prompt, `after`; first the token that begins a text, where `bos` asks for it. */
  z.strictObject({
    form: z.literal('text'),
    before: z.string(),
    after: z.string(),
    bos: z.boolean(),
  }),
  /** The model's chat template: the user gives the prompt, the assistant's one turn holds all steps. */
  z.strictObject({ form: z.literal('chat'), system: z.string().nullable() }),
  /**
   * The chat template again, but a user's turn a step, the first with the prompt and `join` before it, each answered by a
   * label as the assistant's turn.
   */
  z.strictObject({ form: z.literal('turns'), system: z.string().nullable(), join: z.string() }),
])

/** What stands around a step's text. */
const stepSchema = z.strictObject({
  before: z.string(), // of each step; {n} is its number, from 1
  mark: z.string(), // after each step: the separator or marker at which models are read
  between: z.string(), // after the mark of every step but the last
  /** What closes the last step: its mark like the others', the token that ends a text, or nothing. */
  last: z.enum(['mark', 'end', 'nothing']),
})

const scoreSchema = z.discriminatedUnion('head', [
  /** Outputs of a token-classification head, by a formula of src/rewards/step-formulas.ts. */
  z.strictObject({
    head: z.literal('classes'),
    formula: z.enum(formulaNames),
    /**
     * Of a head whose outputs are a mean and the logarithm of a deviation: how far the score overlaps with each of a store of such
     * [mean, log deviation], in the mean, is taken off, `weight` times.
     */
    doubt: z
      .strictObject({ weight: z.number(), store: z.array(z.tuple([z.number(), z.number()])) })
      .optional(),
  }),
  /**
   * The probability that a language model gives to the label `right` as the next token: its share of that of both labels,
   * or of the whole vocabulary. `written`: after it is read the label stands in the text, `right` at every earlier step.
   */
  z.strictObject({
    head: z.literal('labels'),
    right: filled,
    wrong: filled,
    over: z.enum(['labels', 'vocabulary']),
    written: z.boolean(),
  }),
  /** beta * log(policy / reference), of the tokens of the step alone or of all until its end (arXiv:2412.01981). */
  z.strictObject({
    head: z.literal('ratio'),
    beta: z.number().positive(),
    of: z.enum(['step', 'so-far']),
    /** Folder of the reference, as it is reached from the model's own; whoever asks may name another. */
    reference: filled.optional(),
  }),
  /** The share of a model's own critiques that call a step right, each checked `rounds` times; temperature 0: the likeliest. */
  z.strictObject({
    head: z.literal('critiques'),
    votes: z.int().positive(),
    rounds: z.int().positive(),
    maxTokens: z.int().positive(), // of one round
    temperature: z.number().nonnegative(),
    /** In place of that share: the log-odds of two tokens after a critique, of the last step for all of them. */
    odds: z.strictObject({ right: filled, wrong: filled }).optional(),
  }),
])

const layoutSchema = z.strictObject({
  version: z.literal(1),
  convention: filled, // its name, for people
  prompt: promptSchema,
  step: stepSchema,
  /**
   * What is encoded as one text: everything; the prompt and then all steps; or each of prompt, steps, marks and betweens
   * apart. It matters where a token could span two of them.
   */
  encoding: z.enum(['whole', 'prompt-apart', 'parts']),
  /** The token that is read: the one with the last character of the mark (or what closes the last step), or of the step. */
  read: z.enum(['mark', 'step']),
  score: scoreSchema,
  threshold: z.number(), // a step with a score above it is right
  aggregation: z.enum(aggregations),
})

/** How a process reward model is asked; see the schema for what each field means. */
export type PrmLayout = Readonly<z.infer<typeof layoutSchema>>

/**
 * minform's own: the problem's prompt as it is, steps with a blank line between them, the token that ends a text after
 * the last, read where a step closes. What the policy samples is laid out so, token for token.
 */
export const minformLayout: PrmLayout = {
  version: 1,
  convention: 'minform',
  prompt: { form: 'text', before: '', after: '', bos: false },
  step: { before: '', mark: '\n\n', between: '', last: 'end' },
  encoding: 'prompt-apart',
  read: 'mark',
  score: { head: 'classes', formula: 'difference' },
  threshold: 0,
  aggregation: 'min',
}

/** Whether it shows a problem as the policy is asked it, and not the question in words of its own. */
export function showsWholePrompt({ prompt }: Pick<PrmLayout, 'prompt'>): boolean {
  return prompt.form === 'text' && prompt.before === '' && prompt.after === '' && !prompt.bos
}

/** A layout out of JSON; a DataError names what does not fit, `where` says in what. */
export function parseLayout(json: unknown, where: string): PrmLayout {
  const layout = checked(layoutSchema, json, wrong => new DataError(`${where}: ${wrong}`), {
    at: layoutKey,
  })
  const refusal = contradiction(layout)
  if (refusal !== null) throw new DataError(`${where}: ${layoutKey}.${refusal}`)
  return layout
}

/** What of a layout cannot be together with the rest of it; null where all of it can. */
function contradiction({ prompt, step, read, score }: PrmLayout): string | null {
  const labels = score.head === 'labels'
  if (prompt.form === 'turns' && !(labels && score.written))
    return 'score: turns are answered by labels; expected the head labels, written'
  if (prompt.form === 'turns') return null
  if (read === 'mark' && step.mark === '') return 'step.mark: empty; expected a text to read at'
  if (labels && step.last !== 'mark')
    return `step.last: ${step.last}; expected mark, which a label follows`
  return null
}

/** The layout as keys of config.json: `engine.save(folder, { config: layoutEntry(layout) })`. */
export function layoutEntry(layout: PrmLayout): Readonly<Record<string, Json>> {
  return { [layoutKey]: parseLayout(layout, 'layoutEntry') as unknown as Json }
}

/** The layout in a model's config.json; null where it has none. A file that cannot be read is a DataError. */
export async function readLayout(path: string): Promise<PrmLayout | null> {
  const source = await modelSource(path)
  const file = source.where('config.json')
  const json = await jsonOf(source, 'config.json')
  if (json === null) throw new DataError(`${file}: cannot be read: no such file`)
  const found = (json as Readonly<Record<string, unknown>>)[layoutKey]
  return found === undefined || found === null ? null : parseLayout(found, file)
}
