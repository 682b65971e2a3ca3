// Rows of an answer as text. What a model wrote is shown and never obeyed: no control character of it reaches a terminal.

import { printable } from '../errors.ts'
import { textTable } from '../plot/text-table.ts'
import type { Json } from '../types.ts'

type Rows = AsyncIterable<readonly Json[]>

const widest = 60 // characters of a cell of a table

/** Rows one under another, at most so many, and how many more there are. */
export async function* tableText(
  columns: readonly string[],
  rows: Rows,
  most: number,
): AsyncGenerator<string> {
  const shown: (readonly Json[])[] = []
  let more = 0
  for await (const row of rows) {
    if (shown.length < most) shown.push(row)
    else more++
  }
  const isNumber = columns.map((_, c) =>
    shown.every(row => row[c] === null || typeof row[c] === 'number'),
  )
  const cells = [columns.map(name => cell(name)), ...shown.map(row => row.map(cell))]
  yield `${textTable(cells, { left: c => !isNumber[c] })}\n`
  if (more > 0) yield `and ${more} more rows; --rows ${shown.length + more} shows all\n`
  else yield `${shown.length} ${shown.length === 1 ? 'row' : 'rows'}\n`
}

/** A row a line, an object by columns. */
export async function* jsonText(columns: readonly string[], rows: Rows): AsyncGenerator<string> {
  // the escapes that printable writes are those of JSON: a reader gets the text as it was
  for await (const row of rows)
    yield `${printable(JSON.stringify(Object.fromEntries(columns.map((name, c) => [name, row[c]]))))}\n`
}

/** Comma-separated values after RFC 4180; as they are, but for a terminal, which gets none of their control characters. */
export async function* csvText(
  columns: readonly string[],
  rows: Rows,
  { terminal }: { readonly terminal: boolean },
): AsyncGenerator<string> {
  const line = (values: readonly Json[]): string => {
    const text = values.map(field).join(',')
    return `${terminal ? printable(text) : text}\r\n`
  }
  yield line(columns)
  for await (const row of rows) yield line(row)
}

function field(value: Json): string {
  const text = textOf(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

function cell(value: Json): string {
  const text = typeof value === 'number' ? numberText(value) : textOf(value)
  const line = printable(text.trim().replaceAll(/\s+/g, ' '))
  return line.length > widest ? `${line.slice(0, widest - 3)}...` : line
}

function numberText(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)))
}

function textOf(value: Json): string {
  if (value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
