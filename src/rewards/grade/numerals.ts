// Plain numbers in prose.

const numeral =
  /(?:(?<![\w)}\]])-)?(?:\\frac\s*\{\d+\}\s*\{\d+\}|\d+(?:,\d{3})*(?:\.\d+)?(?:\/\d+)?|(?<!\d)\.\d+)(?:\s?\\?%)?/g

/** The numbers of a text, with their percent signs. */
export function numbers(text: string): RegExpExecArray[] {
  return [...text.matchAll(numeral)]
}

/** The last number, if it stands alone: the 1 of x+1 is no answer, nor is the 5 of x < 5. */
export function lastNumber(text: string): string | null {
  const tail = text.slice(-10_000)
  const last = numbers(tail).at(-1)
  if (!last) return null
  const before = tail.slice(Math.max(0, last.index - 50), last.index)
  const after = tail.slice(last.index + last[0].length)
  const joins = /(?:\w|[<>^_+*/([{,≤≥×÷-]\s*)$/.test(before)
  const goesOn = /^[\w^_([{)\]}+*/-]/.test(after) && !/^(?:m|cm|km|g|kg|s|h)(?:[²³]|\b)/.test(after)
  // inline LaTeX ends with its line: a number between dollar signs on other lines is in none
  const cut = /\$\s*\n\s*$/.test(before) && /^\s*\n\s*\$/.test(after)
  return joins || goesOn || cut ? null : last[0]
}
