// How much a text repeats itself. Sorted suffixes of a text that repeats share long prefixes with their neighbours; what
// they share counts every substring that was there before, so the same number comes from counting distinct substrings,
// which a suffix automaton does in one pass (Blumer et al. 1985).

/**
 * Sum of the longest common prefixes of adjacent suffixes in sorted order, times 2 / (n (n + 1)), of the n characters
 * (UTF-16 units) of a text: the share of its substrings that occurred before, in [0, 1). PURE calls more than 0.2 high
 * (arXiv:2504.15275, section 5.2). Takes time and memory of order n times the number of different characters.
 */
export function repetitionScore(text: string): number {
  const n = text.length
  if (n === 0) return 0
  return 1 - distinctSubstrings(text) / ((n * (n + 1)) / 2)
}

function distinctSubstrings(text: string): number {
  const letters = new Map<string, number>()
  for (let i = 0; i < text.length; i++)
    if (!letters.has(text[i]!)) letters.set(text[i]!, letters.size)
  const width = letters.size
  const most = 2 * text.length // states
  const next = new Int32Array(most * width) // 0: none, since no edge leads back to the start
  const link = new Int32Array(most).fill(-1)
  const longest = new Int32Array(most)
  let [states, last, distinct] = [1, 0, 0]
  for (let i = 0; i < text.length; i++) {
    const letter = letters.get(text[i]!)!
    const state = states++
    longest[state] = longest[last]! + 1
    let from = last
    for (; from >= 0 && next[from * width + letter] === 0; from = link[from]!)
      next[from * width + letter] = state
    link[state] = from < 0 ? 0 : splitState(from, letter)
    distinct += longest[state]! - longest[link[state]!]!
    last = state
  }
  return distinct

  /** The state of the longest suffix that was there before: the edge's own, or a shorter part split off it. */
  function splitState(from: number, letter: number): number {
    const to = next[from * width + letter]!
    if (longest[to] === longest[from]! + 1) return to
    const part = states++
    longest[part] = longest[from]! + 1
    next.copyWithin(part * width, to * width, (to + 1) * width)
    link[part] = link[to]!
    link[to] = part
    for (let at = from; at >= 0 && next[at * width + letter] === to; at = link[at]!)
      next[at * width + letter] = part
    return part
  }
}
