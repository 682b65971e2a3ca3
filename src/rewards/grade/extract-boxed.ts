/**
 * What the last `\boxed{...}` of a text holds, braces balanced, or the token after `\boxed `; null
 * where none closes.
 */
export function extractBoxed(text: string): string | null {
  for (let at = text.length; at >= 0; at--) {
    at = text.lastIndexOf('\\boxed', at)
    if (at < 0) return null
    const after = at + '\\boxed'.length
    if (/[A-Za-z]/.test(text.charAt(after))) continue // another command, such as \boxedanswer
    return contentAt(text, after)
  }
  return null
}

/** Whether the whole text is one box; then its content. */
export function unboxed(text: string): string {
  const content = text.startsWith('\\boxed{') ? contentAt(text, '\\boxed'.length) : null
  return content !== null && text.length === content.length + '\\boxed{}'.length ? content : text
}

function contentAt(text: string, after: number): string | null {
  let start = after
  while (text[start] === ' ') start++
  if (text[start] === '{') return balanced(text, start)
  if (start === after) return null
  let end = start
  while (end < text.length && !/[\s$]/.test(text[end])) end++
  return end > start ? text.slice(start, end) : null
}

function balanced(text: string, open: number): string | null {
  let depth = 0
  for (let i = open; i < text.length; i++) {
    if (text[i] === '\\')
      i++ // an escaped brace groups nothing
    else if (text[i] === '{') depth++
    else if (text[i] === '}' && --depth === 0) return text.slice(open + 1, i)
  }
  return null
}
