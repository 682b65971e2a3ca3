import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  ablation,
  collapseOf,
  fewLabelsSuffice,
  findingText,
  hackOf,
  softMinStaysUp,
  sumFormIsHacked,
} from '../../src/compare/findings.ts'
import { type RunSummary, summariseRun } from '../../src/compare/run-summary.ts'
import { type ComparisonSummary, summarise } from '../../src/compare/summary.ts'
import { type MadeUp, newFolder, writeRun } from './made-up-runs.ts'

const iterations = 30

/** A made-up run of 30 iterations: the curve of the batch falls to nothing after so many of them, or never. */
function made(after: number, { falls = Infinity, reward = [0.2, 0.6], best = after } = {}): MadeUp {
  const each = (of: (i: number) => number): number[] =>
    Array.from({ length: iterations }, (_, i) => of(i))
  return {
    before: [0.5, 0.9],
    after: [after, after],
    curves: {
      'rollouts/accuracy': each(i => (i < falls ? 0.6 : 0)),
      'rewards/process_mean': each(
        i => reward[0]! + ((reward[1]! - reward[0]!) * i) / (iterations - 1),
      ),
      'eval/validation_accuracy': each(i => 0.5 + ((best - 0.5) * (i + 1)) / iterations),
      'rollouts/steps_mean': each(i => 3 + i),
    },
  }
}

function compared(variants: Readonly<Record<string, readonly MadeUp[]>>): ComparisonSummary {
  const folder = newFolder()
  const ran = Object.entries(variants).map(([name, runs]) => ({
    name,
    options: {},
    runs: runs.map((run, i): RunSummary => {
      const place = join(folder, name, String(i))
      writeRun(place, run)
      return summariseRun(place, i + 1, iterations)
    }),
  }))
  const about = { command: '', terms: {}, seeds: 2, iterations }
  return summarise(ran, Object.keys(variants)[0]!, about)
}

test('collapseOf: the batch over five iterations below half of the start', () => {
  const folder = join(newFolder(), 'run')
  writeRun(folder, made(0, { falls: 10 }))
  // after iterations 1 to 10 the mean of five falls by 0.12 an iteration: 0.48, 0.36, 0.24 at 13
  expect(collapseOf(summariseRun(folder, 1, iterations))).toBe(13)
  writeRun(`${folder}-2`, made(0.6))
  expect(collapseOf(summariseRun(`${folder}-2`, 1, iterations))).toBeNull()
})

test('hackOf: clearly worse for clearly more reward, at one time', () => {
  const folder = newFolder()
  const hack = (name: string, run: MadeUp) => {
    writeRun(join(folder, name), run)
    return hackOf(summariseRun(join(folder, name), 1, iterations))
  }
  expect(hack('a', made(0, { falls: 20, reward: [0.2, 0.6] }))?.iteration).toBe(22)
  expect(hack('less reward', made(0, { falls: 20, reward: [0.6, 0.2] }))).toBeNull()
  expect(hack('as right', made(0.6))).toBeNull()
  const later = made(0, { falls: 20 })
  const lost = [...Array(19).fill(0.2), ...Array(4).fill(0.9), ...Array(7).fill(-1)]
  const risenAndLost = { ...later, curves: { ...later.curves, 'rewards/process_mean': lost } }
  // at 22 three of five are right (0.36) and the reward is 0.2, 0.2, 0.9, 0.9, 0.9 over 18 to 22
  expect(hack('lost in the end', risenAndLost)).toEqual({
    iteration: 22,
    accuracy: expect.closeTo(0.36),
    reward: expect.closeTo(0.62),
    firstReward: expect.closeTo(0.2),
  })
  expect(
    hack('no judge', { ...later, curves: { 'rollouts/accuracy': [0, 0, 0, 0, 0] } }),
  ).toBeNull()
})

describe('sum-form is hacked', () => {
  test.each([
    ['appears', [made(0, { falls: 5 }), made(0.1, { falls: 6 })]],
    ['appears in part', [made(0, { falls: 5 }), made(0.7)]],
    ['does not appear', [made(0.7), made(0.7)]],
    ['does not appear', [made(0.1, { reward: [0.6, 0.2] })]],
    ['cannot be told', [{ error: 'no space' }]],
  ])('%s', (verdict, runs) => {
    expect(sumFormIsHacked(compared({ sum: runs }), 'sum').verdict).toBe(verdict)
  })

  test('by its last policy, whatever checkpoint was chosen before the fall', () => {
    const chosen = made(0.1, { falls: 5 })
    const summary = compared({ sum: [{ ...chosen, after: [0.6, 0.9] }] })
    expect(sumFormIsHacked(summary, 'sum').verdict).toBe('appears')
  })

  test('with its numbers and what the log says', () => {
    const warned = { ...made(0, { falls: 5 }), warnings: [{ event: 'no box', iteration: 9 }] }
    const text = findingText(
      sumFormIsHacked(compared({ sum: [warned, made(0.1, { falls: 7 })] }), 'sum'),
    )
    expect(text).toContain('`sum` (n = 2): sampled accuracy 50.0 ± 0.0 % before, 5.0 ± 7.1 % after')
    expect(text).toContain('2 of 2 collapse, by iteration 9.0 ± 1.4')
    // seed 1: 0 right from iteration 6 on, so 0.36 on average over 3 to 7 and 0.24 over 4 to 8, where the reward has risen
    // from 0.2276 (iterations 1 to 5) to 0.2276 + 0.4 * 3 / 29 = 0.2690; to more than 0.2776 at iteration 9
    expect(text).toContain(
      '2 of 2 seeds are hacked: by iteration 9 the batch is 12.0 % right, and the mean reward of a step 0.228 to 0.283 (seed 1);',
    )
    expect(text).toContain('"no box" (first at iteration 9 of seed 1)')
  })
})

describe('soft-min stays up', () => {
  const early = made(0, { falls: 3 }) // has collapsed by 6
  test.each([
    ['appears', [made(0.7)], [early]],
    ['appears in part', [made(0.7, { falls: 10 })], [early]], // up for 12, twice as long
    ['appears in part', [made(0.4)], [early]],
    ['does not appear', [made(0, { falls: 3 })], [early]],
    ['cannot be told', [made(0.7)], [made(0.7)]],
    ['cannot be told', [{ error: 'no space' }], [early]],
  ])('%s', (verdict, soft, sum) => {
    expect(softMinStaysUp(compared({ soft, sum }), 'soft', 'sum').verdict).toBe(verdict)
  })

  test('says that the runs are not longer', () => {
    const { numbers } = softMinStaysUp(compared({ soft: [made(0.7)], sum: [early] }), 'soft', 'sum')
    expect(numbers.join(' ')).toContain('5.0 times the 6.0 iterations')
    expect(numbers.join(' ')).toContain('no more than the length of the runs allows')
  })
})

describe('few labels suffice', () => {
  test.each([
    ['appears', [made(0.8)], [made(0.7)]],
    ['appears in part', [made(0.65, { best: 0.9 })], [made(0.7)]],
    ['does not appear', [made(0.6)], [made(0.7)]],
    ['cannot be told', [made(0.8)], [{ error: 'no space' }]],
  ])('%s', (verdict, few, all) => {
    expect(fewLabelsSuffice(compared({ all, few }), 'few', 'all').verdict).toBe(verdict)
  })

  test('compares seed by seed, and gives the ratio of iterations', () => {
    const found = compared({ all: [made(0.7), made(0.6)], few: [made(0.8), made(0.74)] })
    const text = findingText(fewLabelsSuffice(found, 'few', 'all'))
    expect(text).toContain(
      'the difference is +12.0 ± 2.8 points (more than twice its spread over seeds)',
    )
    expect(text).toMatch(/by iteration 17: 0\.57 of the iterations that `all` itself takes; 2 of 2/)
  })
})

describe('ablation', () => {
  const runs = {
    a: [made(0.7), made(0.72)],
    b: [made(0.9), made(0.92)],
    c: [made(0.71), made(0.7)],
  }
  test.each([
    ['appears', ['a', 'b', 'c']],
    ['does not appear', ['a', 'c']],
    ['cannot be told', ['a', 'nobody']],
  ])('%s', (verdict, names) => {
    expect(ablation(compared(runs), 'Which', names).verdict).toBe(verdict)
  })

  test('from the best to the worst, and one seed tells nothing', () => {
    const text = findingText(ablation(compared(runs), 'Which', ['a', 'b']))
    expect(text).toContain('`b` 91.0 ± 1.4 %, `a` 71.0 ± 1.4 %.')
    expect(text).toContain('it is 20.0 points')
    const single = compared({ a: [made(0.7)], b: [made(0.9)] })
    expect(ablation(single, 'Which', ['a', 'b']).verdict).toBe('cannot be told')
  })
})
