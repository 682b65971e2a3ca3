// Where the tokenizer library makes other ids than Hugging Face's tokenizers does, and does not say so: what can be
// written in another way that it gets right is written so, everything else is refused by name.

import { z } from 'zod'
import { parseRow } from '../data/row.ts'
import { DataError } from '../errors.ts'

const added = z.looseObject({
  id: z.int(),
  content: z.string(),
  single_word: z.boolean().default(false),
  normalized: z.boolean().default(false),
})
/** A pre-tokenizer or a normalizer; a sequence holds others. */
interface Step {
  readonly type: string
  readonly pretokenizers?: readonly Step[] | undefined
  readonly normalizers?: readonly Step[] | undefined
  readonly pattern?: object | undefined
  readonly [setting: string]: unknown
}
const one: z.ZodType<Step> = z.looseObject({
  type: z.string(),
  get pretokenizers() {
    return z.array(one).optional()
  },
  get normalizers() {
    return z.array(one).optional()
  },
  pattern: z.looseObject({}).optional(),
})
const step = one.nullish()
const schema = z.looseObject({
  added_tokens: z.array(added),
  normalizer: step,
  pre_tokenizer: step,
  model: z.looseObject({ vocab: z.custom<Record<string, number>>() }),
})

/** What the library is given, and which texts it would read otherwise than it should. */
export interface Exact {
  readonly tokenizer: object
  /** The added token because of which a text's ids would be wrong; null for a text that is read as it should. */
  readonly misread: (text: string) => string | null
}

/** tokenizer.json as the library gets it right; a DataError names what it does not. */
export function exact(tokenizer: unknown, where: string): Exact {
  const file = parseRow(schema, tokenizer, `${where}: tokenizer.json`)
  const refuse = (what: string, expected: string): never => {
    throw new DataError(`${where}: tokenizer.json: ${what} is not supported; expected ${expected}`)
  }
  for (const { content, id, single_word } of file.added_tokens) {
    const token = JSON.stringify(content)
    if (single_word) refuse(`single_word of the added token ${token}`, 'false')
    const own = Object.hasOwn(file.model.vocab, content) ? file.model.vocab[content] : id
    if (own !== id)
      refuse(`the id ${id} of the added token ${token}`, `${own}, as in the vocabulary`)
  }
  const pre = file.pre_tokenizer
  return {
    tokenizer: { ...file, pre_tokenizer: pre ? rewritten(pre, refuse) : null },
    misread: changesTokens(file.normalizer) ? misreadOf(file.added_tokens) : () => null,
  }
}

type Refuse = (what: string, expected: string) => never

/** A pre-tokenizer, those in a sequence one by one. */
function rewritten(pre: Step, refuse: Refuse): Step {
  const { type, pretokenizers, split, behavior, invert } = pre
  if (type === 'Sequence')
    return { ...pre, pretokenizers: (pretokenizers ?? []).map(one => rewritten(one, refuse)) }
  if (type === 'Metaspace') return split === false ? pre : splitAtSpaces(pre)
  if (type === 'Punctuation' && behavior !== 'Contiguous')
    return refuse(`Punctuation that is ${behavior ?? 'Isolated'}`, 'Contiguous')
  if (type !== 'Split') return pre
  const isolated = behavior === 'Isolated' && invert !== true
  const removed = behavior === 'Removed' && (invert === true || 'Regex' in (pre.pattern ?? {}))
  if (isolated || removed) return pre
  return refuse(`Split that is ${behavior}${invert ? ' and inverted' : ''}`, 'Isolated or Removed')
}

/** A Metaspace that cuts before each of its spaces; the library's never cuts. */
function splitAtSpaces(pre: Step): Step {
  const space = String(pre.replacement ?? '▁').replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const pattern = { Regex: `${space}[^${space}]*` }
  const cut = { type: 'Split', pattern, behavior: 'Isolated', invert: false }
  return { type: 'Sequence', pretokenizers: [{ ...pre, split: false }, cut] }
}

/** Whether a normalizer may write more into a token than other spellings of its characters. */
function changesTokens(normalizer: Step | null | undefined): boolean {
  if (!normalizer) return false
  if (normalizer.type === 'Sequence') return (normalizer.normalizers ?? []).some(changesTokens)
  return !['NFC', 'NFD', 'NFKC', 'NFKD', 'Lowercase'].includes(normalizer.type)
}

/** The library takes what directly follows another token, or the sign of a space, for a token that it is not. */
function misreadOf(tokens: readonly z.infer<typeof added>[]): Exact['misread'] {
  const filled = tokens.filter(({ content }) => content !== '')
  return text => {
    const present = filled.filter(({ content }) => text.includes(content))
    const before = ['▁', ...present.map(({ content }) => content)]
    const found = present.find(
      ({ content, normalized }) => normalized && before.some(one => text.includes(one + content)),
    )
    return found?.content ?? null
  }
}
