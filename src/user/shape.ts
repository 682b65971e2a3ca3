// Words for what code of the user's gave, and for how it failed.

import { basename } from 'node:path'
import { ConfigError, MinformError } from '../errors.ts'

/** A value in a few words: its kind, and what is to be seen of it. */
export function described(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'string') return `the text ${shortened(JSON.stringify(value))}`
  if (typeof value === 'number' || typeof value === 'boolean') return `${value}`
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'function')
    return value.name === '' ? 'a function' : `a function ${value.name}`
  if (typeof value !== 'object') return `a ${typeof value}`
  const keys = Object.keys(value)
  return keys.length === 0 ? 'an empty object' : `an object of ${shortened(keys.join(', '))}`
}

/** Where something else than expected was found. */
export function wrongShape(where: string, expected: string, found: unknown): ConfigError {
  return new ConfigError(`${where}: expected ${expected}, found ${described(found)}`)
}

/** The fields of an object; anything else is a ConfigError. */
export function fieldsOf(
  value: unknown,
  where: string,
  expected: string,
): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>
  throw wrongShape(where, expected, value)
}

/** What was thrown, in one line: its name, its message, and where in the user's code it came from. */
export function causeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `threw ${described(thrown)}`
  const frame = /^\s+at (?:.*\()?(?:file:\/\/)?(.+:\d+:\d+)\)?$/m.exec(thrown.stack ?? '')?.[1]
  const place = frame === undefined || frame.startsWith('node:') ? '' : ` (${basename(frame)})`
  return `${thrown.name}: ${shortened(thrown.message, 300)}${place}`
}

/** Calls a function of the user's; what it throws is an error that names the file, as are errors of what it promised. */
export function told<T>(
  where: string,
  call: () => T,
  wrap: (message: string, cause: unknown) => Error,
): T {
  const named = (error: unknown): unknown =>
    error instanceof MinformError || (error as Error | null)?.name === 'AbortError'
      ? error
      : wrap(`${where}: ${causeOf(error)}`, error)
  try {
    const result = call()
    if (!(result instanceof Promise)) return result
    return result.catch((error: unknown) => {
      throw named(error)
    }) as T
  } catch (error) {
    throw named(error)
  }
}

function shortened(text: string, most = 80): string {
  return text.length > most ? `${text.slice(0, most)}...` : text
}
