// Steps by what is said, not by blank lines: thoughts that a reasoning model opens with words such as Wait.

import type { Method } from '../method.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import type { Rollout, Step } from '../types.ts'

/** Where a text is cut: characters, ascending, above 0. */
export type Cutter = (text: string) => readonly number[]

/** Rollouts whose steps are those of a cutter: a step begins with the token that holds the character. */
export function recut(
  rollouts: Method['rollouts'],
  { pieces }: Pick<Tokenizer, 'pieces'>,
  cutter: Cutter,
): Method['rollouts'] {
  const again = (one: Rollout): Rollout => ({ ...one, steps: stepsAt(one, pieces, cutter) })
  return async (problems, seed, signal, arrived) => {
    const groups = await rollouts(
      problems,
      seed,
      signal,
      arrived && (group => arrived({ ...group, rollouts: group.rollouts.map(again) })),
    )
    return groups.map(group => ({ ...group, rollouts: group.rollouts.map(again) }))
  }
}

/** Rollouts whose steps are episodes of thoughts, so many joined; as they are where that is 0. */
export function episodic(
  rollouts: Method['rollouts'],
  tokenizer: Pick<Tokenizer, 'pieces'>,
  joined: number,
): Method['rollouts'] {
  return joined === 0 ? rollouts : recut(rollouts, tokenizer, atEpisodes({ joined }))
}

/** Options of recipes that cut at connective words, and close what stands before a cut. */
export const thoughts = {
  apart: { default: 0, help: 'characters between cuts at words; 0: steps as they are', min: 0 },
  closing: { default: '', help: 'text that ends the thinking of a prefix' },
}

/** Rollouts whose steps begin at connective words at least so far apart, the first 2.5 times that; as they are where that is 0. */
export function connected(
  rollouts: Method['rollouts'],
  tokenizer: Pick<Tokenizer, 'pieces'>,
  apart: number,
): Method['rollouts'] {
  const cutter = atConnectives({ first: 2.5 * apart, apart })
  return apart === 0 ? rollouts : recut(rollouts, tokenizer, cutter)
}

/** The steps of a rollout that a cutter's characters begin, tiling its tokens. */
export function stepsAt(
  { ids, text, stop }: Pick<Rollout, 'ids' | 'text' | 'stop'>,
  pieces: Tokenizer['pieces'],
  cutter: Cutter,
): Step[] {
  if (ids.length === 0) return []
  let end = 0
  const ends_T = pieces(ids).map(piece => (end = Math.min(text.length, end + piece.length)))
  const starts = cutter(text).map(at => ends_T.findIndex(last => last > at))
  const edges = [...new Set([0, ...starts.filter(t => t > 0), ids.length])]
  return edges.slice(1).map((to, s): Step => {
    const [from, last] = [edges[s]!, to === ids.length]
    const own = text.slice(from === 0 ? 0 : ends_T[from - 1]!, last ? text.length : ends_T[to - 1]!)
    const state = last && stop === 'length' ? 'truncated' : own.trim() === '' ? 'empty' : 'complete'
    return { start: from, end: to, text: own.trim(), state }
  })
}

const connectives =
  /\b(?:However|Therefore|So|But|Wait|Thus|Hence|Alternatively|Then|Now|Since|Because|Next|Finally)\b/g

/**
 * At the sentence that a connective word stands in: the first behind `first` characters, which tell the problem again, others at
 * least `apart` behind each other (VSRM, arXiv:2508.10293, section 3; its code has 1000 and 400).
 */
export function atConnectives({ first = 1000, apart = 400 } = {}): Cutter {
  return text => {
    const cuts: number[] = []
    for (const { index } of text.matchAll(connectives)) {
      const sentence = sentenceStart(text, index)
      const least = cuts.length === 0 ? first : cuts.at(-1)! + apart
      if (sentence > 0 && sentence >= least) cuts.push(sentence)
    }
    return cuts
  }
}

/** The character behind the last end of a sentence, or of a line, before a place. */
function sentenceStart(text: string, at: number): number {
  const ended = [...text.slice(0, at).matchAll(/[.!?]\s+|\n\s*/g)].at(-1)
  return ended === undefined ? 0 : ended.index + ended[0].length
}

const markers =
  /^(?:Wait|But wait|Alternatively|But hold on|But let me double-check|Is there another way to think about this\?)/

/**
 * Episodes of a thought (MRT, arXiv:2503.07572, section 4, and its code): a paragraph that begins with a marker such as Wait opens one,
 * unless the one before began at most two paragraphs ago; at most `most` of them, then `joined` neighbours are one.
 */
export function atEpisodes({ joined = 1, most = 49 } = {}): Cutter {
  return text => {
    const paragraphs = [0]
    for (const { index, 0: gap } of text.matchAll(/\n\s*\n\s*/g))
      paragraphs.push(index + gap.length)
    let began = 0
    const begins = paragraphs.filter((at, i) => {
      if (i === 0 || i - began <= 2 || !markers.test(text.slice(at))) return i === 0
      began = i
      return true
    })
    return begins.slice(0, most).filter((_, e) => e > 0 && e % joined === 0)
  }
}
