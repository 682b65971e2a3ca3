import { PassThrough } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { readRecords } from '../../src/cli/io.ts'
import { batches } from '../../src/cli/rows.ts'
import { DataError } from '../../src/errors.ts'
import { rowsFile } from './commands.ts'

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = []
  for await (const item of items) out.push(item)
  return out
}

async function* numbers(count: number): AsyncGenerator<number> {
  for (let i = 0; i < count; i++) yield i
}

describe('batches', () => {
  test.each([
    { count: 0, sizes: [] },
    { count: 3, sizes: [3] },
    { count: 4, sizes: [4] },
    { count: 9, sizes: [4, 4, 1] },
  ])('$count items by fours are $sizes', async ({ count, sizes }) => {
    const found = await all(batches(numbers(count), 4))
    expect(found.map(batch => batch.length)).toEqual(sizes)
    expect(found.flat()).toEqual(await all(numbers(count)))
  })

  test('what has come does not wait for what has not', async () => {
    const stdin = new PassThrough()
    const found = batches(readRecords('-', stdin), 64)
    stdin.write('1\n2\n')
    const values = async () =>
      (await found.next()).value?.map(({ value }: { value: unknown }) => value)
    expect(await values()).toEqual([1, 2])
    const next = values()
    await setTimeout(20)
    stdin.write('3\n')
    expect(await next).toEqual([3])
    stdin.end()
    expect((await found.next()).done).toBe(true)
  })

  test('a file fills its batches', async () => {
    const file = rowsFile(Array.from({ length: 200 }, (_, i) => i))
    const found = await all(batches(readRecords(file), 64))
    expect(found.map(batch => batch.length)).toEqual([64, 64, 64, 8])
  })

  test('what comes before a failure comes first, however late it is asked for', async () => {
    const failing = async function* () {
      yield* [1, 2, 3]
      throw new DataError('line 4')
    }
    for (const size of [1, 2, 3, 8]) {
      const seen: number[] = []
      const reading = async () => {
        for await (const batch of batches(failing(), size)) {
          seen.push(...batch)
          await setTimeout(1)
        }
      }
      await expect(reading()).rejects.toThrow('line 4')
      expect(seen).toEqual([1, 2, 3])
    }
  })
})
