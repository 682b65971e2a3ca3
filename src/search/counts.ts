import { ConfigError } from '../errors.ts'

/** What is kept of n candidates that each came of `width`: n / width. A ConfigError where that is no whole number from 1. */
export function keptOf(search: string, n: number, width: number): number {
  requireCount(search, 'n', n)
  requireCount(search, 'width', width)
  if (n % width === 0) return n / width
  throw new ConfigError(
    `${search}: n is ${n}, no multiple of the width ${width}; n / width paths are kept of n`,
  )
}

/** A ConfigError where a setting is no whole number from 1. */
export function requireCount(search: string, name: string, value: number): void {
  if (Number.isInteger(value) && value >= 1) return
  throw new ConfigError(`${search}: ${name} is ${value}; expected a whole number from 1`)
}
