// The boxes of a text: \boxed{...}, braces balanced.

/** A box and where it stands. */
export interface Box {
  readonly start: number
  readonly end: number // exclusive
  readonly content: string
}

const most = 64 // boxes that are looked at, from the end of a text

/** What the last box of a text holds, boxes in it included; null where there is none or it does not close. */
export function lastBox(text: string): string | null {
  return boxAt(text, lastStart(text, text.length)) ? boxesOf(text).at(-1)!.content : null
}

/** The last boxes of a text that stand in no other, in order; one that does not close ends the text before it. */
export function boxesOf(text: string): Box[] {
  const found: Box[] = []
  let at = lastStart(text, text.length)
  for (let tried = 0; at >= 0 && tried < most; tried++) {
    const box = boxAt(text, at)
    if (box) {
      while (found.length > 0 && found[0].start < box.end) found.shift() // what it holds
      found.unshift(box)
    }
    at = at === 0 ? -1 : lastStart(text, at - 1)
  }
  return found
}

/** The whole text where it is one box: then its content. */
export function unboxed(text: string): string {
  const box = /^\\(?:boxed|fbox)/.test(text) ? boxAt(text, 0) : null
  return box && box.end === text.length ? box.content : text
}

/** The rest of a text after its last box where that one does not close. */
export function openBox(text: string): string | null {
  const at = lastStart(text, text.length)
  if (at < 0 || boxAt(text, at)) return null
  return /^\\(?:boxed|fbox)\s*\{([\s\S]*)$/.exec(text.slice(at))?.[1] ?? null
}

/** Where the last box at or before `from` begins; -1 where none does. */
function lastStart(text: string, from: number): number {
  for (let at = from + 2; at >= 0; at--) {
    at = text.lastIndexOf('box', at)
    if (at < 0) return -1
    const start = text.startsWith('\\boxed', at - 1)
      ? at - 1
      : text.startsWith('\\fbox', at - 2)
        ? at - 2
        : -1
    if (start < 0 || start > from || isMention(text, start)) continue
    if (!/[A-Za-z]/.test(text.charAt(start + nameAt(text, start).length))) return start // not \boxedanswer
  }
  return -1
}

/** Whether a text only speaks of boxes here: `as \boxed{} asks`, `\boxed as asked`. */
function isMention(text: string, start: number): boolean {
  const after = text.slice(start + nameAt(text, start).length).slice(0, 40)
  return /^(?:\s+[a-z]{2,}(?![\w\\({])|\s*$|\s*[.,;:])/.test(after)
}

function nameAt(text: string, start: number): string {
  return text.startsWith('\\boxed', start) ? '\\boxed' : '\\fbox'
}

function boxAt(text: string, start: number): Box | null {
  if (start < 0) return null
  const after = start + nameAt(text, start).length
  let open = after
  while (text[open] === ' ') open++
  if (text[open] === '{') return balanced(text, start, open)
  if (open === after) return null
  let end = open
  while (end < text.length && !/[\s$]/.test(text[end])) end++
  return end > open ? { start, end, content: text.slice(open, end) } : null
}

function balanced(text: string, start: number, open: number): Box | null {
  let depth = 0
  for (let i = open; i < text.length; i++) {
    if (text[i] === '\\')
      i++ // an escaped brace groups nothing
    else if (text[i] === '{') depth++
    else if (text[i] === '}' && --depth === 0) {
      return { start, end: i + 1, content: text.slice(open + 1, i) }
    }
  }
  return null
}
