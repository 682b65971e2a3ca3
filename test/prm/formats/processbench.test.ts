import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readLabelled } from '../../../src/prm/formats/read.ts'
import { firstBelow } from '../../../src/prm/solution.ts'
import { fixture, linesOf } from './files.ts'

test('rows of the shape of its files: steps after the first wrong one have no label', async () => {
  const { solutions } = await readLabelled(fixture('processbench.json'))
  expect(
    solutions.map(({ id, labels_S, answerRight, kind }) => [id, labels_S, answerRight, kind]),
  ).toEqual([
    ['gsm8k-0', [1, 0, null], false, 'gsm8k'],
    ['gsm8k-1', [1, 1], true, 'gsm8k'],
    ['omnimath-7', [0, null], true, 'omnimath'],
  ])
  expect(solutions.map(({ labels_S }) => firstBelow(labels_S))).toEqual([1, -1, 0])
})

test.each([
  [{ label: 2 }, 'label: is 2, but there are 2 steps; expected -1 to 1'],
  [{ label: -2 }, 'label: is -2, but there are 2 steps; expected -1 to 1'],
  [{ label: 0.5 }, 'label: 0.5; expected a whole number'],
  [{ label: null }, 'label: null; expected a'],
  [{ steps: ['a', ''] }, 'steps[1]: is empty'],
  [{ final_answer_correct: 'yes' }, 'final_answer_correct: "yes"; expected true or false'],
])('%j is refused', async (wrong, message) => {
  const row = { id: 'x-1', problem: 'p', steps: ['a', 'b'], label: 0, ...wrong }
  await expect(readLabelled(linesOf(row))).rejects.toThrow(`:1: ${message}`)
})

// The files are no part of this repository; MINFORM_PROCESSBENCH names the folder that holds them.
const folder = process.env.MINFORM_PROCESSBENCH

describe.skipIf(!folder)('the published files', () => {
  test.each([
    { name: 'gsm8k', wrong: 207, right: 193, wrongProcess: 3.5 },
    { name: 'math', wrong: 594, right: 406, wrongProcess: 18.8 },
    { name: 'olympiadbench', wrong: 661, right: 339, wrongProcess: 32.2 },
    { name: 'omnimath', wrong: 759, right: 241, wrongProcess: 51.8 },
  ])('$name: $wrong wrong, $right right', async ({ name, wrong, right, wrongProcess }) => {
    const { solutions } = await readLabelled(join(folder!, `${name}.json`))
    const firsts = solutions.map(({ labels_S }) => firstBelow(labels_S))
    expect(firsts.filter(first => first >= 0)).toHaveLength(wrong)
    expect(firsts.filter(first => first < 0)).toHaveLength(right)
    // of the solutions whose answer is right, those that get there wrongly, in percent
    const answered = firsts.filter((_, i) => solutions[i]!.answerRight)
    const share = answered.filter(first => first >= 0).length / answered.length
    expect((100 * share).toFixed(1)).toBe(wrongProcess.toFixed(1))
    expect(solutions.filter((one, i) => !one.answerRight && firsts[i]! < 0)).toEqual([])
  })
})
