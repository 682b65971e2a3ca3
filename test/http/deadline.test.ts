import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { linked, within } from '../../src/http/deadline.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Waits for the signal, and for nothing else. */
const hang = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))

test('work that hangs is given up in time, whatever is collected meanwhile', async () => {
  const outer = new AbortController()
  for (let i = 0; i < 2000; i++) await within(1000, outer.signal, async () => i) // compiled hot
  const collecting = setInterval(collect, 5)
  const works = Array.from({ length: 4 }, () => within(80, outer.signal, hang))
  for (const work of works) await expect(work).rejects.toMatchObject({ name: 'TimeoutError' })
  clearInterval(collecting)
})

test('the outer signal ends it, with its reason, also when it was aborted before', async () => {
  const outer = new AbortController()
  const work = within(60_000, outer.signal, hang)
  outer.abort(new Error('enough'))
  await expect(work).rejects.toThrow('enough')
  const seen = await within(60_000, outer.signal, async signal => signal.reason as Error)
  expect(seen.message).toBe('enough')
})

test('a time longer than a timer can wait does not end at once', async () => {
  const slow = within(2 ** 40, undefined, signal => {
    const later = new Promise(resolve => setTimeout(resolve, 30, 'done'))
    return Promise.race([later, hang(signal)])
  })
  expect(await slow).toBe('done')
})

test('any number of listeners is fine, and none is left behind', async () => {
  const warnings: Error[] = []
  const onWarning = (warning: Error): number => warnings.push(warning)
  process.on('warning', onWarning)
  const outer = new AbortController()
  await linked(outer.signal, async ({ signal }) => {
    await Promise.all(Array.from({ length: 40 }, () => within(5000, signal, async () => 1)))
  })
  const inner = Array.from({ length: 40 }, () => within(5000, outer.signal, async () => 1))
  await Promise.all(inner)
  await new Promise(resolve => setImmediate(resolve))
  process.off('warning', onWarning)
  expect(warnings).toEqual([])
})
