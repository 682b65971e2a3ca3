import { ConfigError } from '../errors.ts'

/**
 * The key in an environment variable that a flag names: on a command line or in a file others could read it. A ConfigError
 * where there is no such variable.
 */
export function keyOf(variable: string | null | undefined, flag: string): string | null {
  if (variable === undefined || variable === null) return null
  const key = process.env[variable]
  if (key) return key
  throw new ConfigError(`${flag} ${variable}: there is no such environment variable`)
}
