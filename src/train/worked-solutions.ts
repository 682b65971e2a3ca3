// Worked solutions as texts to imitate: the prompt, the steps with blank lines between them, and the token that ends.

import { DataError } from '../errors.ts'
import type { LoadedTokenizer } from '../tokenizer/load.ts'
import type { Problem } from '../types.ts'
import type { Corpus } from './corpus.ts'
import { spelled } from './spelled.ts'
import type { Example } from './supervised.ts'

/** What an example may take, and how it ends. */
export interface Room {
  readonly maxTokens: number // of a solution
  readonly maxPositions: number // of prompt and solution
  readonly endId: number
}

/** Makes an example of a problem's worked solution; null where there is none, or one that does not fit. */
export type ReadSolution = (
  problem: Problem,
  tokenizer: LoadedTokenizer,
  room: Room,
) => Example | null | Promise<Example | null>

const heldOutTexts = 100 // problems of which worked solutions are held out, at most

/** Worked solutions in the corpus's order, without end, those that do not fit passed over. A DataError where none fits. */
export function workedExamples(
  { name, solved }: Pick<Corpus, 'name' | 'solved'>,
  tokenizer: LoadedTokenizer,
  room: Room,
  seed: number,
  read: ReadSolution = workedExample,
): () => Promise<Example> {
  const problems = solved(seed)
  return async () => {
    for (let misses = 0; misses < 1000; misses++) {
      const example = await read(problems.next().value, tokenizer, room)
      if (example !== null) return example
    }
    throw new DataError(
      `${name}: no worked solution has at most ${room.maxTokens} tokens; raise --max-tokens`,
    )
  }
}

/** Worked solutions of at most so many validation problems, as far as the model can read them. */
export async function heldOutExamples(
  corpus: Pick<Corpus, 'validation'>,
  tokenizer: LoadedTokenizer,
  room: Room,
  { most = heldOutTexts, read = workedExample as ReadSolution } = {},
): Promise<Example[]> {
  const problems = corpus.validation(most).filter(one => spelled(one, tokenizer))
  const found = await Promise.all(problems.map(problem => read(problem, tokenizer, room)))
  return found.filter(example => example !== null)
}

/**
 * How many solutions are held out where so many are learned: reading one takes a third of learning it, and all are read 20
 * times, so a fortieth keeps that to a sixth of the time.
 */
export function heldOutFor(learned: number): number {
  return Math.min(heldOutTexts, Math.max(20, Math.round(learned / 40)))
}

/** A problem's worked solution to imitate; null where there is none, or one that does not fit. */
export function workedExample(
  { prompt, solution }: Problem,
  tokenizer: LoadedTokenizer,
  { maxTokens, maxPositions, endId }: Room,
  change = (text: string): string => text,
): Example | null {
  if (solution === null) return null
  const promptIds = tokenizer.encode(prompt)
  const body = tokenizer.encode(change(solution.join('\n\n')))
  const ids = Int32Array.from([...body, endId])
  const fits = ids.length <= maxTokens && promptIds.length + ids.length <= maxPositions
  return fits ? { promptIds, ids } : null
}
