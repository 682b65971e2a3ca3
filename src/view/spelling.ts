// What tokens spell, by the tokenizers that lie with runs. Many checkpoints have the same one: it is loaded once.

import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { readBytes } from '../data/plain-file.ts'
import { statOf } from '../runs/layout.ts'
import type { RunReader } from '../runs/reader.ts'
import { loadTokenizer } from '../tokenizer/load.ts'

/** What each token spells; null where the ids are not all of the vocabulary. */
export type Spell = (ids: ArrayLike<number>) => readonly string[] | null

const mostKept = 2 // tokenizers; one of a large vocabulary takes a hundred megabytes

/** Finds the spelling of a run's tokens; null where no tokenizer lies with it that can be read. */
export function spellings(): (reader: RunReader) => Promise<Spell | null> {
  const sums = new Map<string, string>() // of what files hold, by what the system says of them
  const kept = new Map<string, Promise<Spell | null>>() // by those sums; the last one asked for is last
  const sumOf = (file: string): string | null => {
    const found = statOf(file)
    if (!found?.isFile()) return null
    const stamp = `${file} ${found.ino} ${found.size} ${found.mtimeMs}`
    const sum = sums.get(stamp) ?? createHash('sha256').update(readBytes(file)).digest('hex')
    sums.set(stamp, sum)
    return sum
  }
  return async reader => {
    const folder = reader.checkpoints().at(-1)
    if (folder === undefined) return null
    const key = sumOf(join(folder, 'tokenizer.json')) ?? folder
    const one = kept.get(key) ?? spellingOf(folder)
    kept.delete(key)
    kept.set(key, one)
    for (const old of kept.keys()) if (kept.size > mostKept) kept.delete(old)
    const spell = await one
    if (spell === null) kept.delete(key) // a checkpoint that was just removed, say: the next one may have it
    return spell
  }
}

async function spellingOf(folder: string): Promise<Spell | null> {
  const found = await loadTokenizer(folder).catch(() => null)
  return found && (ids => spelled(found.pieces, ids))
}

function spelled(
  pieces: (ids: ArrayLike<number>) => readonly string[],
  ids: ArrayLike<number>,
): readonly string[] | null {
  try {
    return pieces(ids)
  } catch {
    return null
  }
}
