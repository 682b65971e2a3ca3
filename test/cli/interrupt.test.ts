import { expect, test } from 'vitest'
import { stoppable } from '../../src/cli/interrupt.ts'

test.each([
  ['SIGINT', 130, 'interrupted'],
  ['SIGTERM', 143, 'terminated'],
  ['SIGHUP', 129, 'hung up'],
  ['SIGQUIT', 131, 'stopped by SIGQUIT'],
] as const)('%s aborts, with its exit code as the reason', async (name, code, message) => {
  const before = process.listenerCount(name)
  const said: string[] = []
  const work = stoppable(
    async signal => {
      process.emit(name, name)
      expect(signal.reason).toMatchObject({ name: 'AbortError', code, message })
      throw new DOMException('the request was cancelled', 'AbortError')
    },
    line => said.push(line),
  )
  await expect(work).rejects.toMatchObject({ code, message })
  expect(said).toEqual(['stopping after what is in hand; Ctrl-C again stops at once'])
  expect(process.listenerCount(name)).toBe(before)
})

test('work that is done in spite of a signal counts; an error of its own is told', async () => {
  const done = stoppable(
    async () => {
      process.emit('SIGTERM', 'SIGTERM')
      return 7
    },
    () => {},
  )
  expect(await done).toBe(7)
  const failed = stoppable(
    async () => {
      process.emit('SIGTERM', 'SIGTERM')
      throw new RangeError('full')
    },
    () => {},
  )
  await expect(failed).rejects.toThrow('full')
})
