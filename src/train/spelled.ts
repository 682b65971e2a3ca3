import { DataError } from '../errors.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import type { Problem } from '../types.ts'

/** Whether a vocabulary made of other texts has the letters of a problem and its solution. */
export function spelled({ prompt, solution }: Problem, tokenizer: Tokenizer): boolean {
  try {
    for (const text of [prompt, ...(solution ?? [])]) tokenizer.encode(text)
    return true
  } catch (error) {
    if (error instanceof DataError) return false
    throw error
  }
}
