// A tokenizer's patterns come with models from anywhere, and some take longer than the world lasts on thirty letters. Those that
// published models have are known not to; encoding by any others is ended after a time.

import { createContext, Script } from 'node:vm'
import { DataError } from '../errors.ts'

/** What cuts a text into tokens' ids. */
export interface Encoding {
  encode(
    text: string,
    options: { readonly add_special_tokens: boolean },
  ): {
    readonly ids: number[]
  }
}

const longest = 10_000 // ms for one text

const words = String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+`
const rest = String.raw` ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
/** Patterns of Qwen, of Llama 3, of those that cut off digits, and of minform's own tokenizers: each costs a text about its length. */
const known = new Set([
  String.raw`${words}|\p{N}|${rest}`,
  String.raw`${words}|\p{N}{1,3}|${rest}`,
  String.raw`\p{L}+|\p{N}`,
  String.raw`\p{N}`,
  String.raw`\n\n| ?\p{L}+|[\s\S]`,
])

/** The encoding of tokenizer.json, whose errors, and a time beyond what a text can need, are DataErrors. */
export function watched(
  library: Encoding,
  tokenizer: unknown,
  where: string,
  most = longest,
): Encoding {
  const timed = patternsIn(tokenizer).some(pattern => !known.has(pattern))
  return {
    encode: (text, options) => {
      const work = () => library.encode(text, options)
      try {
        return timed ? within(most, work) : work()
      } catch (cause) {
        throw new DataError(
          `${where}: tokenizer.json: a text of ${text.length} characters cannot be encoded: ${whyOf(cause, most)}`,
          { cause },
        )
      }
    },
  }
}

function whyOf(cause: unknown, most: number): string {
  const { code, message } = cause as NodeJS.ErrnoException
  return code === 'ERR_SCRIPT_EXECUTION_TIMEOUT'
    ? `its patterns took more than ${most / 1000} s; expected some that do not repeat what repeats`
    : message.slice(0, 200)
}

/** The regular expressions that a file holds, however deep. */
function patternsIn(value: unknown): string[] {
  const found: string[] = []
  const waiting = [value]
  while (waiting.length > 0) {
    const one = waiting.pop()
    if (typeof one !== 'object' || one === null) continue
    for (const [name, inner] of Object.entries(one)) {
      if (name === 'Regex' && typeof inner === 'string') found.push(inner)
      else if (typeof inner === 'object') waiting.push(inner)
    }
  }
  return found
}

const box: { work: (() => void) | null } = { work: null }
const context = createContext(box)
const run = new Script('work()')

/** What work gives; Node ends it, in the midst of a regular expression too, when its time is over. */
function within<T>(ms: number, work: () => T): T {
  let found: T
  box.work = () => {
    found = work()
  }
  try {
    run.runInContext(context, { timeout: ms })
  } finally {
    box.work = null
  }
  return found!
}
