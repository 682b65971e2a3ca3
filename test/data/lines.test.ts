import fc from 'fast-check'
import { expect, test } from 'vitest'
import { splitLines } from '../../src/data/lines.ts'
import { DataError } from '../../src/errors.ts'

async function* pieces(texts: readonly string[]): AsyncGenerator<string> {
  yield* texts
}

async function all(texts: readonly string[], most?: number): Promise<string[]> {
  const lines: string[] = []
  for await (const line of splitLines(pieces(texts), 'f', most)) lines.push(line)
  return lines
}

test('lines are the same wherever their text is cut', async () => {
  const piece = fc.string({ unit: fc.constantFrom('a', '\n', '\r\n', 'é', '') })
  await fc.assert(
    fc.asyncProperty(fc.array(piece), async texts => {
      const lines = texts.join('').split('\n')
      if (lines.at(-1) === '') lines.pop()
      expect(await all(texts)).toEqual(lines.map(line => line.replace(/\r$/, '')))
    }),
  )
})

test('a line without end is refused with its place, and before all of it has come', async () => {
  let given = 0
  async function* endless(): AsyncGenerator<string> {
    yield 'short\n'
    for (;;) {
      given++
      yield 'x'.repeat(100)
    }
  }
  const reading = (async () => {
    for await (const _ of splitLines(endless(), 'f', 1000));
  })()
  await expect(reading).rejects.toThrow(DataError)
  await expect(reading).rejects.toThrow('f:2: a line of more than 1000 characters')
  expect(given).toBe(11)
  expect(await all(['x'.repeat(1000), '\n', 'y'.repeat(1000)], 1000)).toHaveLength(2)
})
