// One base, five boundaries to the outside world. Programmer's mistakes in pure code are RangeError or TypeError.

/** An error that a user can act on: what was found, what was expected, what to do. */
export class MinformError extends Error {
  override readonly name: string = 'MinformError'

  constructor(message: string, options?: ErrorOptions) {
    super(printable(message), options)
  }
}

/** Controls other than new lines and tabs, and marks that turn text around: a terminal obeys them. */
const obeyed = /(?![\n\t])[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu

/** Messages quote files and servers, which may hold anything: what a terminal would obey is written out, \u001b. */
export function printable(text: string): string {
  return text.replace(obeyed, found => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** A command, option or configuration that cannot be used as given (exit code 2). */
export class ConfigError extends MinformError {
  override readonly name = 'ConfigError'
}

/** A file of problems, labels or weights that does not hold what it should. */
export class DataError extends MinformError {
  override readonly name = 'DataError'
}

/** What `make` makes; null where a DataError says that what it was given cannot be used, as text that a vocabulary cannot spell. */
export function unlessData<T>(make: () => T): T | null {
  try {
    return make()
  } catch (error) {
    if (error instanceof DataError) return null
    throw error
  }
}

/** A model that cannot be built, loaded or run. */
export class EngineError extends MinformError {
  override readonly name = 'EngineError'
}

/** A judge of answers or steps that failed. */
export class VerifierError extends MinformError {
  override readonly name = 'VerifierError'
}

/** A run folder that cannot be written, read or resumed. */
export class RunError extends MinformError {
  override readonly name = 'RunError'
}
