// Numbers and a model's text as they are read.

/** A number in so many digits after the point; a dash where there is none. */
export function fixed(value: number | null | undefined, digits = 2): string {
  if (value === null || value === undefined) return '–'
  if (!Number.isFinite(value)) return String(value)
  return value
    .toFixed(digits)
    .replace(/^-(?=0\.?0*$)/, '')
    .replace('-', '−')
}

/** A number of any size, in so many digits. */
export function short(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined) return '–'
  if (value === 0 || !Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  const text =
    size >= 1e6 || size < 1e-4 ? value.toExponential(digits - 1) : Number(value.toPrecision(digits))
  return String(text).replaceAll('-', '−')
}

/** Six digits, which is what float32 has; a question mark where there is no number. */
export function exact(value: number | null): string {
  return value === null ? '?' : String(Number(value.toPrecision(6))).replaceAll('-', '−')
}

/** A share as per cent. */
export function percent(value: number | null | undefined): string {
  return value === null || value === undefined ? '–' : `${fixed(100 * value, 1)} %`
}

/** Whether a rollout was right, in a sign. */
export function markOf(outcome: number | null): string {
  if (outcome === null) return '?'
  return outcome === 1 ? '✓' : outcome === 0 ? '✗' : outcome.toFixed(2)
}

export function outcomeOf(outcome: number | null): string {
  if (outcome === null) return 'not graded'
  return outcome === 1 ? 'right' : outcome === 0 ? 'wrong' : `outcome ${short(outcome)}`
}

// What would not be seen, or would reorder what stands around it, is shown by its name.
const hidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is about
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g

/** A model's text with control characters, marks of direction and what has no width as signs that are seen. */
export function seen(text: string): string {
  return text.replace(hidden, sign => {
    const code = sign.charCodeAt(0)
    if (code < 0x20) return String.fromCharCode(0x2400 + code)
    if (code === 0x7f) return '\u2421'
    return `\u27e8${code.toString(16).toUpperCase().padStart(4, '0')}\u27e9`
  })
}

/** A text in one line, cut where it is long. */
export function inLine(text: string, most = 120): string {
  const line = seen(text.trim().replaceAll(/\s+/g, ' '))
  return line.length > most ? `${line.slice(0, most)}…` : line
}
