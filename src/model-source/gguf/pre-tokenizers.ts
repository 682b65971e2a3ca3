// How a text is cut before its pieces are merged, by the name that a GGUF header has for it (tokenizer.ggml.pre), written
// as tokenizer.json has it. The names are llama.cpp's; the patterns are those of the models that they were made for.

/** What a name stands for. */
export interface PreTokenizer {
  readonly normalizer: object | null
  readonly pattern: string | null // null: GPT-2's own
  readonly digits: boolean // every digit is a piece of its own, before anything else
  readonly ignoreMerges: boolean // a whole piece that is a token stays one, whatever the merges say
  readonly addBos: boolean // where the header does not say
}

const short = `(?i:'s|'t|'re|'ve|'m|'ll|'d)`
const ends = ' ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+'
const cased = {
  upper: '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]',
  lower: '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]',
}

const plain: PreTokenizer = {
  normalizer: null,
  pattern: null,
  digits: false,
  ignoreMerges: false,
  addBos: false,
}
const splitDigits: PreTokenizer = { ...plain, digits: true }
const numbersOfThree: PreTokenizer = {
  ...plain,
  pattern: `${short}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}|${ends}`,
}
const llama3: PreTokenizer = { ...numbersOfThree, ignoreMerges: true, addBos: true }
const qwen2: PreTokenizer = {
  ...plain,
  normalizer: { type: 'NFC' },
  pattern: `${short}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|${ends}`,
}
const tekken: PreTokenizer = {
  ...llama3,
  pattern:
    `[^\\r\\n\\p{L}\\p{N}]?${cased.upper}*${cased.lower}+|[^\\r\\n\\p{L}\\p{N}]?${cased.upper}+${cased.lower}*` +
    '|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+',
}

/** By name; a header without one is read as transformers reads it, as GPT-2's. */
export const preTokenizers: Readonly<Record<string, PreTokenizer>> = {
  default: plain,
  'gpt-2': plain,
  'phi-2': plain,
  mpt: plain,
  olmo: plain,
  smollm: splitDigits,
  starcoder: splitDigits,
  refact: splitDigits,
  'command-r': splitDigits,
  codeshell: splitDigits,
  'llama-bpe': llama3,
  llama3,
  'llama-v3': llama3,
  falcon3: llama3,
  pixtral: llama3,
  'smaug-bpe': numbersOfThree,
  dbrx: numbersOfThree,
  qwen2,
  'deepseek-r1-qwen': qwen2,
  megrez: qwen2,
  tekken,
}

/** The pre_tokenizer of tokenizer.json. */
export function preTokenizerJson({ pattern, digits }: PreTokenizer): object {
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true }
  if (pattern !== null) return sequence([isolated(pattern), { ...byteLevel, use_regex: false }])
  const gpt2 = { ...byteLevel, use_regex: true }
  return digits ? sequence([isolated('\\p{N}'), gpt2]) : gpt2
}

function isolated(pattern: string): object {
  return { type: 'Split', pattern: { Regex: pattern }, behavior: 'Isolated', invert: false }
}

function sequence(pretokenizers: object[]): object {
  return { type: 'Sequence', pretokenizers }
}
