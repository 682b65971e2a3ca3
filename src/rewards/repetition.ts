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

const scores = new WeakMap<object, number>()

/** The score of a rollout's text, which a gate, a guard and the metrics ask for, found once. */
export function repetitionOf(rollout: { readonly text: string }): number {
  const known = scores.get(rollout)
  if (known !== undefined) return known
  const score = repetitionScore(rollout.text)
  scores.set(rollout, score)
  return score
}

/** Memory of the automaton, kept for the next text: giving it back and clearing it took longer than using it. */
let scratch = { next: new Int32Array(0), link: new Int32Array(0), longest: new Int32Array(0) }
const kept = 2 ** 22 // numbers

function memoryFor(states: number, width: number): typeof scratch {
  const { next, link } = scratch
  if (next.length >= states * width && link.length >= states) return scratch
  const fresh = {
    next: new Int32Array(Math.max(next.length, states * width)),
    link: new Int32Array(Math.max(link.length, states)),
    longest: new Int32Array(Math.max(link.length, states)),
  }
  if (fresh.next.length <= kept) scratch = fresh
  return fresh
}

function distinctSubstrings(text: string): number {
  const { letters_I, width } = lettersOf(text)
  const { next, link, longest } = memoryFor(2 * text.length, width) // 0 in next: no edge, since none leads back to the start
  next.fill(0, 0, width)
  link[0] = -1
  longest[0] = 0
  let [states, last, distinct] = [1, 0, 0]
  for (const letter of letters_I) {
    const state = states++
    next.fill(0, state * width, (state + 1) * width)
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

/** The characters of a text as numbers from 0, in the order in which they come first, and how many differ. */
function lettersOf(text: string): { readonly letters_I: Int32Array; readonly width: number } {
  const letters = new Map<number, number>()
  const letters_I = new Int32Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    const known = letters.get(code)
    letters_I[i] = known ?? letters.size
    if (known === undefined) letters.set(code, letters.size)
  }
  return { letters_I, width: letters.size }
}
