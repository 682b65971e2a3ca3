import { ConfigError } from '../errors.ts'
import { type Given, kebab, textFlag } from './flags.ts'

const units: Readonly<Record<string, number>> = {
  ...{ '': 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 },
  ...{ kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40 },
}

/** The bytes that a flag says, such as 8GiB; null without it. */
export function bytesFlag(args: Given, name: string): number | null {
  const text = textFlag(args, name)
  if (text === null) return null
  const [, number, unit] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? []
  const bytes = Number(number) * (units[(unit ?? '').toLowerCase()] ?? Number.NaN)
  if (bytes > 0) return bytes
  throw new ConfigError(`--${kebab(name)}: got '${text}'; expected a size such as 8GiB or 800MB`)
}
