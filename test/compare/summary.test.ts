import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { markdownReport, textReport } from '../../src/compare/report.ts'
import { summariseRun } from '../../src/compare/run-summary.ts'
import { type ComparisonSummary, summarise } from '../../src/compare/summary.ts'
import { type MadeUp, newFolder, writeRun } from './made-up-runs.ts'

const validation = 'eval/validation_accuracy'
const about = { command: 'minform compare a b', terms: { task: 'sums' }, seeds: 2, iterations: 4 }

/** Variants of made-up runs of four iterations, summarised. */
function compared(
  variants: Readonly<Record<string, readonly MadeUp[]>>,
  reference: string,
): ComparisonSummary {
  const folder = newFolder()
  const ran = Object.entries(variants).map(([name, runs]) => ({
    name,
    options: {},
    runs: runs.map((made, i) => {
      const place = join(folder, name, String(i + 1))
      writeRun(place, made)
      return summariseRun(place, i + 1, 4)
    }),
  }))
  return summarise(ran, reference, about)
}

const slow: MadeUp = {
  before: [0.5, 0.9],
  after: [0.6, 0.8],
  curves: { [validation]: [0.5, 0.52, 0.55, 0.6], 'rollouts/steps_mean': [3, 3, 3, 5] },
}
const slower: MadeUp = {
  ...slow,
  after: [0.7, 0.8],
  curves: { [validation]: [0.4, 0.5, 0.6, 0.7] },
}
const fast: MadeUp = {
  after: [0.9, 0.95],
  curves: { [validation]: [0.6, 0.7, 0.8, 0.75], 'rewards/process_mean': [0.1, null, 0.3, 0.4] },
}

describe('summariseRun', () => {
  test('reads what there is, and takes a finished run as complete', () => {
    const folder = join(newFolder(), 'run')
    writeRun(folder, { ...fast, warnings: [{ event: 'alarm: empty answers', iteration: 3 }] })
    const run = summariseRun(folder, 7, 4)
    expect(run).toMatchObject({
      seed: 7,
      state: 'complete',
      iterations: 4,
      before: { sampled: 0.5, greedy: 0.9 },
      after: { sampled: 0.9, greedy: 0.95 },
      warnings: [{ what: 'alarm: empty answers', iteration: 3, address: null }],
    })
    expect(run.curves.process.map(({ iteration }) => iteration)).toEqual([1, 3, 4])
    expect(run.curves.tokens).toEqual([])
    expect(summariseRun(folder, 7, 5).state).toBe('unfinished')
  })

  test('a run that failed, and one that is not there', () => {
    const folder = join(newFolder(), 'run')
    writeRun(folder, { curves: slow.curves!, error: 'the disk is full' })
    expect(summariseRun(folder, 1, 4)).toMatchObject({
      state: 'unfinished',
      error: 'the disk is full',
      after: null,
    })
    expect(summariseRun(`${folder}-2`, 1, 4)).toMatchObject({ state: 'missing', iterations: 0 })
  })
})

describe('summarise', () => {
  test('means, spreads and n over complete runs alone', () => {
    const cut: MadeUp = { curves: { [validation]: [0.9, 0.9] } }
    const { variants } = compared({ a: [slow, slower], b: [fast, cut] }, 'a')
    const [a, b] = variants
    expect(a!.measures.sampledAfter!.mean).toBeCloseTo(0.65)
    expect(a!.measures.sampledAfter!.spread).toBeCloseTo(Math.sqrt(0.005))
    expect(a!.measures.stepsEnd).toEqual({ mean: 5, spread: null, n: 1 })
    expect(a!.measures.processEnd).toBeNull()
    expect([a!.n, b!.n]).toEqual([2, 1])
    expect(b!.measures.bestValidation).toEqual({ mean: 0.8, spread: null, n: 1 })
    expect(b!.curves.validation).toHaveLength(4)
  })

  test("how soon the reference's last validation is reached, as a ratio to itself", () => {
    const found = compared({ a: [slow, slower], b: [fast, slower], c: [{ after: [0, 0] }] }, 'a')
    expect(found.reference.accuracy).toBeCloseTo(0.65)
    const [a, b, c] = found.variants.map(({ reach }) => reach)
    expect(a).toEqual({ iteration: 4, ratio: 1, seeds: 1 })
    expect(b).toEqual({ iteration: 3, ratio: 0.75, seeds: 2 })
    expect(c).toEqual({ iteration: null, ratio: null, seeds: 0 })
  })

  test('without validation nothing is timed', () => {
    const found = compared({ a: [{ after: [0.6, 0.8] }] }, 'a')
    expect(found.reference.accuracy).toBeNull()
    expect(found.variants[0]!.reach).toBeNull()
    expect(textReport(found)).toContain('no variant is timed: a has no validation')
  })

  test('the reference is one of the variants', () => {
    expect(() => summarise([], 'a', about)).toThrow(RangeError)
  })
})

describe('reports', () => {
  test('a table row a variant; one seed shows no spread', () => {
    const text = textReport(compared({ a: [slow, slower], b: [fast] }, 'a'))
    const rows = text.split('\n').map(line => line.trim().split(/ {2,}/))
    expect(rows).toContainEqual([
      ...[
        'a',
        '2',
        '50.0 ± 0.0',
        '65.0 ± 7.1',
        '90.0 ± 0.0',
        '80.0 ± 0.0',
        '65.0 ± 7.1',
        '65.0 ± 7.1',
      ],
      'at 4, ratio 1.00; 1 of 2',
    ])
    expect(rows).toContainEqual([
      ...['b', '1', '50.0', '90.0', '90.0', '95.0', '80.0', '75.0', 'at 2, ratio 0.50; 1 of 1'],
    ])
    expect(rows).toContainEqual(['b', '0.100', '0.400', '-', '-', '-', '-', '-'])
  })

  test('runs that are not counted stand with their reason', () => {
    const broken: MadeUp = { curves: { [validation]: [0.4] }, error: 'no space' }
    const text = markdownReport(compared({ a: [slow, broken], b: [broken] }, 'a'), 'c.svg')
    expect(text).toContain('- a, seed 2: ended after 1 of 4: no space')
    expect(text).toMatch(/\| b \| 0 \| - \| - \|/)
    expect(text).toContain('```sh\nminform compare a b\n```')
    expect(text).toContain('(c.svg)')
    expect(text).toContain('| task | sums |')
  })
})
