import { expect, test } from 'vitest'
import { ConfigError, DataError, EngineError, RunError, VerifierError } from '../src/errors.ts'

test.each([ConfigError, DataError, EngineError, RunError, VerifierError])('%o', Kind => {
  const cause = new Error('inner')
  const error = new Kind('a\u001b[2J\r\u0007\u202eb\u009b\u2028c\td\n"é🙂"', { cause })
  expect(error.message).toBe('a\\u001b[2J\\u000d\\u0007\\u202eb\\u009b\\u2028c\td\n"é🙂"')
  expect(error.cause).toBe(cause)
})
