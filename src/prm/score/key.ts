import { ConfigError } from '../../errors.ts'

/** The key itself is never on a command line or in a file, where others can read it; it is sent where it is named. */
export function keyOf(name: string | undefined): string | null {
  if (name === undefined) return null
  const key = process.env[name]
  if (key) return key
  throw new ConfigError(`--api-key-env ${name}: there is no such environment variable`)
}
