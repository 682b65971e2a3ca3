// JSON Lines: one value a line. What JSON cannot carry becomes what it can: typed arrays become
// arrays, numbers that are not finite become null, so that a line is always written.
import { RunError } from '../errors.ts'
import type { Json } from '../types.ts'

/** One line of JSON Lines, with its line end. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value, replace) ?? 'null'}\n`
}

/** The values of a JSON Lines text; a last line that a killed writer left torn is no value. */
export function parseJsonLines(text: string, file: string): Json[] {
  const lines = text.split('\n')
  const values: Json[] = []
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue
    const value = parseLine(line)
    if (value !== undefined) values.push(value)
    else if (i < lines.length - 1)
      throw new RunError(`${file}:${i + 1}: not JSON: ${excerpt(line)}`)
  }
  return values
}

/** The part of a JSON Lines text that is whole lines, a complete last line ended. */
export function wholeLines(text: string): string {
  const end = text.lastIndexOf('\n') + 1
  const last = text.slice(end)
  if (last === '') return text
  return parseLine(last) === undefined ? text.slice(0, end) : `${text}\n`
}

function parseLine(line: string): Json | undefined {
  try {
    return JSON.parse(line) as Json
  } catch {
    return undefined
  }
}

function replace(_key: string, value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>)
  if (typeof value === 'bigint') return value.toString()
  if (value instanceof Error) return { name: value.name, message: value.message }
  return value
}

function excerpt(line: string): string {
  return line.length > 60 ? `${line.slice(0, 60)}...` : line
}
