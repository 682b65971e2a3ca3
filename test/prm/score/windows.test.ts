import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DataError } from '../../../src/errors.ts'
import { minformLayout } from '../../../src/prm/layout.ts'
import { scoreWindows, windowsOf } from '../../../src/prm/score/windows.ts'
import { tokenizer } from '../../toy.ts'
import { solutionOf } from '../solutions.ts'

const tokens = {
  tokenizer,
  bosId: null,
  chat: () => {
    throw new Error('no template')
  },
}
const windows = (steps: readonly string[], positions: number) =>
  windowsOf(solutionOf('q0', steps, 'long'), minformLayout, tokens, positions, { long: 'windows' })
const spans = (found: ReturnType<typeof windows>) =>
  found.map(({ from, scored, to, reading }) => [from, scored, to, reading.ids.length])

describe('windows of a solution', () => {
  test('are one where it fits, none where it has no steps', () => {
    // the prompt has one token, each step a word and what closes it
    expect(spans(windows(['good', 'bad'], 5))).toEqual([[0, 0, 2, 5]])
    expect(windows([], 5)).toEqual([])
  })

  test('show earlier steps in half of the room', () => {
    // 9 positions hold the prompt and 4 steps, 2 of them as context from the second window on
    const steps = ['good', 'bad', 'good', 'bad', 'good', 'bad', 'bad']
    expect(spans(windows(steps, 9))).toEqual([
      [0, 0, 4, 9],
      [2, 4, 6, 9],
      [4, 6, 7, 7],
    ])
  })

  test('show fewer where the next step is long', () => {
    const steps = ['good', 'bad', 'good', 'goodgoodgoodgood']
    expect(spans(windows(steps, 8))).toEqual([
      [0, 0, 3, 7],
      [2, 3, 4, 8],
    ])
  })

  test('cannot be where a step and the prompt are too long', () => {
    expect(() => windows(['bad', 'goodgoodgood', 'bad'], 4)).toThrow(
      new DataError(
        'solution long: step 1 and the prompt have more than the 4 tokens that the model reads',
      ),
    )
  })

  test('are refused unless they are asked for, naming the option', () => {
    const long = solutionOf('q0', ['good', 'bad', 'bad'], 'x3')
    expect(() => windowsOf(long, minformLayout, tokens, 6)).toThrow(
      new DataError(
        'solution x3: 7 tokens; the model reads 6. Ask for windows (--long windows), or leave it out',
      ),
    )
  })

  test('score every step once, in order, within the model', () => {
    const step = fc.nat({ max: 3 }).map(n => 'good'.repeat(n))
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 20 }),
        fc.integer({ min: 5, max: 16 }),
        (steps, n) => {
          const found = windows(steps, n)
          expect(found.flatMap(w => steps.slice(w.scored, w.to))).toEqual(steps)
          for (const { from, scored, to, reading } of found) {
            expect(reading.ids.length).toBeLessThanOrEqual(n)
            expect(reading.reads_S.length).toBe(to - from)
            expect(from).toBeLessThanOrEqual(scored)
          }
        },
      ),
    )
  })
})

test('scores of windows are put together again, solution by solution', async () => {
  const solutions = [3, 0, 8, 1].map((n, i) => solutionOf('q0', Array(n).fill('bad'), `s${i}`))
  const rows = await scoreWindows(
    solutions,
    one => windowsOf(one, minformLayout, tokens, 7, { long: 'windows' }),
    async all =>
      all.map(({ scored, to }) => Array.from({ length: to - scored }, (_, i) => scored + i)),
  )
  expect(rows).toEqual([[0, 1, 2], [], [0, 1, 2, 3, 4, 5, 6, 7], [0]])
})

test('of a solution that was judged in part only the rest is scored, with the windows that it needs', async () => {
  const ask = async (long: number, judged: number, room: number) => {
    const one = { ...solutionOf('q0', Array(long).fill('bad'), 's'), judged }
    const windows = windowsOf(one, minformLayout, tokens, room, { long: 'windows' })
    const [row] = await scoreWindows(
      [one],
      () => windows,
      async all =>
        all.map(({ scored, to }) => Array.from({ length: to - scored }, (_, i) => scored + i)),
    )
    return { row, windows: windows.length }
  }
  expect(await ask(3, 2, 100)).toEqual({ row: [null, null, 2], windows: 1 })
  expect(await ask(3, 3, 100)).toEqual({ row: [null, null, null], windows: 0 })
  const whole = await ask(8, 0, 7)
  const rest = await ask(8, 6, 7)
  expect(rest.row).toEqual([null, null, null, null, null, null, 6, 7])
  expect(rest.windows).toBeLessThan(whole.windows)
})
