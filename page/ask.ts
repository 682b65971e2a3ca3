// Questions in SQL: where their address is, and which cells of an answer lead somewhere.

import type { Json } from '../src/types.ts'
import type { AskAnswer, AskRequest } from '../src/view/api.ts'

/** What is asked at an address, `#ask/SQL`; '' where nothing is yet, null at any other one. */
export function askedAt(hash: string): string | null {
  const [, said] = /^#ask(?:\/(.*))?$/s.exec(hash) ?? [null, null]
  if (said === null) return null
  try {
    return decodeURIComponent(said ?? '')
  } catch {
    return ''
  }
}

/** The address of a question. */
export function askAddress(sql = ''): string {
  return sql === '' ? '#ask' : `#ask/${encodeURIComponent(sql)}`
}

/** Where a cell leads: to a place, where it says one as a run's name and numbers; null elsewhere. */
export function leadsTo(value: Json): string | null {
  return typeof value === 'string' && /^[\w.-]+(\/\d{1,9}){1,4}$/.test(value) ? `#/${value}` : null
}

/** A value in a cell. */
export function cellText(value: Json): string {
  if (value === null) return '–'
  if (typeof value === 'number')
    return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)))
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** Which columns hold numbers alone. */
export function numberColumns({ columns, rows }: AskAnswer): boolean[] {
  return columns.map(
    (_, c) =>
      rows.some(row => row[c] !== null) &&
      rows.every(row => row[c] === null || typeof row[c] === 'number'),
  )
}

/** Sends a question to the server. Throws what is shown to the reader. */
export async function ask(request: AskRequest, signal: AbortSignal): Promise<AskAnswer> {
  const response = await fetch('/data/query', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
    signal,
  }).catch(cause => {
    if (signal.aborted) throw cause
    throw new Error('the server does not answer: is minform view still running?')
  })
  const said = (await response.json().catch(() => null)) as (AskAnswer & { error?: string }) | null
  if (response.ok && said !== null) return said
  throw new Error(said?.error ?? `the server answered ${response.status}`)
}
