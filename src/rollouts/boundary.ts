import { ConfigError } from '../errors.ts'

/** What closes a step of a text. */
export interface Boundary {
  readonly name: string // as boundaryOf reads it
  readonly pattern: RegExp
  readonly stops: readonly string[] // texts at which a sampler stops behind a step
}

/** The end of a line, and a line of nothing but white space; one that holds spaces is seen when the next of these comes. */
export const blankLines: Boundary = {
  name: 'blank-line',
  pattern: /\r?\n[^\S\n]*\n/,
  stops: ['\n\n', '\n\r\n'],
}

const lines: Boundary = { name: 'line', pattern: /\r?\n/, stops: ['\n'] }

/** What closes steps: `blank-line`, `line`, or a text such as `</think>` that is no part of the step. Throws ConfigError for none. */
export function boundaryOf(name: string): Boundary {
  if (name === '') throw new ConfigError('--steps: expected blank-line, line, or a text')
  const known = [blankLines, lines].find(one => one.name === name)
  const escaped = name.replace(/[.*+?^${}()|[\]\\/-]/g, String.raw`\$&`)
  return known ?? { name, pattern: new RegExp(escaped), stops: [name] }
}
