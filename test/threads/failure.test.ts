import { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { ConfigError, DataError, EngineError, RunError, VerifierError } from '../../src/errors.ts'
import { failureOf, onEnd, revived } from '../../src/threads/failure.ts'

test.each([ConfigError, DataError, EngineError, RunError, VerifierError])(
  '%o keeps its class and message',
  Kind => {
    const found = revived(failureOf(new Kind('3 tokens for 4 steps')))
    expect(found).toBeInstanceOf(Kind)
    expect(found.message).toBe('3 tokens for 4 steps')
  },
)

test('what is none of ours keeps its name, or becomes what the thread that waits makes of it', () => {
  const found = revived(failureOf(new RangeError('2 for 3')))
  expect([found.name, found.message]).toEqual(['RangeError', '2 for 3'])
  const own = revived(failureOf('a text'), message => new EngineError(`failed: ${message}`))
  expect(own).toBeInstanceOf(EngineError)
  expect(own.message).toBe('failed: a text')
  expect(revived({ name: 'toString', message: 'x' }).message).toBe('x')
})

test('an abort stays one', () => {
  const found = revived(failureOf(AbortSignal.abort().reason))
  expect(found.name).toBe('AbortError')
})

test.each([
  ["throw new Error('boom')", 'ended its thread: boom'],
  ["throw 'a text'", 'ended its thread: a text'],
  ['process.exit(7)', 'ended its thread, exit code 7'],
  ['', 'ended its thread, exit code 0'],
])('how a thread ends is told once: %s', async (code, how) => {
  const told: string[] = []
  const worker = new Worker(code, { eval: true })
  onEnd(worker, one => told.push(one))
  await new Promise(resolve => worker.once('exit', resolve))
  expect(told).toEqual([how])
})
