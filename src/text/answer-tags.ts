const open = '<answer>'
const close = '</answer>'

/** What stands between the last pair of answer tags, trimmed; else in the last fenced block of code; null where there is neither. */
export function taggedAnswer(text: string): string | null {
  const end = text.lastIndexOf(close)
  const start = end < 0 ? -1 : text.lastIndexOf(open, end)
  if (start >= 0) return text.slice(start + open.length, end).trim()
  const blocks = text.split('```')
  if (blocks.length < 3) return null
  const last = blocks[blocks.length - (blocks.length % 2 === 1 ? 2 : 3)]!
  return last.replace(/^[a-z]*\n/i, '').trim()
}

/** Whether a text is work, then one answer in tags, and nothing after. */
export function isTagged(text: string): boolean {
  const [before, ...after] = text.split(open)
  if (before!.includes(close) || after.length !== 1) return false
  const [answer, rest, ...others] = after[0]!.split(close)
  return answer!.trim() !== '' && rest !== undefined && rest.trim() === '' && others.length === 0
}
