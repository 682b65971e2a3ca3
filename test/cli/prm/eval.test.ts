import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { dispatch } from '../../../src/cli/dispatch.ts'
import type { EvalReport } from '../../../src/cli/prm/eval-report.ts'
import { random } from '../../../src/numbers/random.ts'
import { takeProblems } from '../../../src/problems/splits.ts'
import { taskOf } from '../../../src/problems/tasks/index.ts'
import { fixture, linesOf } from '../../prm/formats/files.ts'

const commands = {
  prm: { about: '', load: () => import('../../../src/cli/prm.ts') },
}

/** What `minform prm eval` prints, and its exit code. */
async function run(...args: string[]): Promise<{ out: string; err: string; code: number }> {
  let [out, err] = ['', '']
  const write = (to: (text: string) => void) => (text: unknown) => {
    to(String(text))
    return true
  }
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(write(text => (out += text))),
    vi.spyOn(process.stderr, 'write').mockImplementation(write(text => (err += text))),
  ]
  const output = {
    out: (s: string) => (out += s),
    err: (s: string) => (err += s),
    version: '',
    debug: false,
  }
  const code = await dispatch(commands, ['prm', 'eval', ...args], output)
  for (const spy of spies) spy.mockRestore()
  return { out, err, code }
}
const reportOf = async (...args: string[]): Promise<EvalReport> =>
  JSON.parse((await run(...args, '--json')).out) as EvalReport

const bench = fixture('processbench.json')
const scores = (...rows: [string, (number | null)[] | null][]) =>
  linesOf(...rows.map(([id, scores]) => ({ id, scores })))
// gsm8k: the error is found, and nothing in the right one; omnimath: the error is missed
const found = scores(
  ['gsm8k-0', [0.9, 0.3, 0.2]],
  ['gsm8k-1', [0.8, 0.7]],
  ['omnimath-7', [0.6, 0.9]],
)

describe('ProcessBench', () => {
  test('a table in words', async () => {
    const { out, code } = await run(bench, '--scores', found, '--threshold', '0.5')
    expect(code).toBe(0)
    expect(out).toContain(`processbench of ${bench} by ${found}`)
    expect(out).toContain('a step is right above 0.5 (as given)')
    expect(out).toMatch(/gsm8k +1 +1 +100\.0 % +100\.0 % +100\.0 %/)
    expect(out).toMatch(/omnimath +1 +0 +0\.0 % +- +-/)
    expect(out).toMatch(/AUC of steps +1\.000/)
  })

  test('JSON, with the threshold chosen on a subset, which is marked', async () => {
    const { subsets, threshold, steps } = await reportOf(
      bench,
      '--scores',
      found,
      '--threshold-from',
      'gsm8k',
    )
    expect(threshold).toEqual({ value: 0.5, from: 'chosen', chosenOn: 'gsm8k' }) // of 0.3 to 0.7
    expect(subsets!.subsets.map(({ name, chosen }) => [name, chosen])).toEqual([
      ['gsm8k', true],
      ['omnimath', false],
    ])
    expect(steps).toMatchObject({ solutions: 3, missing: 0, undecided: 0 })
  })

  test('or on another file, but never on what is tested', async () => {
    const rows = JSON.parse(readFileSync(bench, 'utf8'))
    const other = linesOf(...rows.slice(0, 2))
    const report = await reportOf(bench, '--scores', found, '--threshold-from', other)
    expect(report.threshold).toMatchObject({ value: 0.5, from: 'chosen', chosenOn: other })
    expect(report.subsets!.averageF1OfOthers).toBeNull()
    const same = await run(bench, '--scores', found, '--threshold-from', bench)
    expect([same.code, same.err]).toEqual([2, expect.stringContaining('is what is tested')])
    const none = await run(bench, '--scores', found, '--threshold-from', 'aime')
    expect([none.code, none.err]).toEqual([
      2,
      expect.stringContaining('is no file, and no subset of'),
    ])
  })

  test('a folder of files is one benchmark', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'minform-bench-'))
    const rows = JSON.parse(readFileSync(bench, 'utf8'))
    writeFileSync(join(folder, 'gsm8k.json'), JSON.stringify(rows.slice(0, 2)))
    writeFileSync(join(folder, 'omnimath.json'), JSON.stringify(rows.slice(2)))
    writeFileSync(join(folder, 'README.md'), '# nothing')
    const report = await reportOf(folder, '--scores', found, '--threshold', '0.5')
    const whole = await reportOf(bench, '--scores', found, '--threshold', '0.5')
    expect(report).toEqual({ ...whole, file: folder })
    const inside = join(folder, 'gsm8k.json')
    const same = await run(folder, '--scores', found, '--threshold-from', inside)
    expect([same.code, same.err]).toEqual([2, expect.stringContaining('is what is tested')])
  })

  test('a missing score is told, and no right answer', async () => {
    const some = scores(
      ['gsm8k-0', [0.9, null, 0.2]],
      ['gsm8k-1', null],
      ['omnimath-7', [0.1, 0.9]],
    )
    const { out } = await run(bench, '--scores', some, '--threshold', '0.5')
    expect(out).toMatch(/gsm8k +1 +1 +0\.0 % +0\.0 % +0\.0 %/)
    expect(out).toContain('2 solutions have too few scores to tell, and count as wrong')
    expect(out).toContain('3 labelled steps have no score')
  })
})

describe('PRMBench', () => {
  let report: EvalReport
  const file = fixture('prmbench.jsonl')
  const judged = scores(
    ['redundency_prm_test_p1_0', [0.9, 0.1, 0.9]],
    ['correct_prm_test_p1_0', [0.9, 0.9]],
    ['confidence_prm_test_p1_0', [0.9, 0.9]],
    ['multi_solutions_prm_test_p1_2', [0.9, 0.1]],
  )
  beforeAll(async () => {
    report = await reportOf(file, '--scores', judged, '--threshold', '0.5')
  })

  test('PRMScore by class; originals are in similarity alone', () => {
    const { classes, overall } = report.prmbench!
    expect(classes.redundency).toMatchObject({ prmScore: 1, f1: 1, negativeF1: 1 })
    expect(classes.confidence!.prmScore).toBeCloseTo((2 / 3 + 0) / 2, 12)
    expect(classes.multi_solutions!.prmScore).toBeCloseTo(2 / 3, 12)
    expect(overall.solutions).toBe(3)
    expect(classes.redundency!.similarity).toBeCloseTo(1 / 3, 12)
    expect(report.steps!.solutions).toBe(3)
  })

  test('as a table', async () => {
    const { out } = await run(file, '--scores', judged, '--threshold', '0.5')
    expect(out).toMatch(/NR redundency +1 +100\.0 %/)
    expect(out).toMatch(/simplicity +100\.0 %/)
    expect(out).toMatch(/MS multi_solutions +1 +66\.7 % +66\.7 % +0\.0 % +50\.0 % +-/)
  })
})

test('RewardMATH by the scores that its files hold', async () => {
  const { out } = await run(fixture('rewardmath-math-shepherd.json.gz'))
  expect(out).toMatch(/product +17\.18 % +17\.18 % +0\.3468/)
  expect(out).toContain('483 problems')
})

describe('best-of-n', () => {
  const rows = [
    {
      id: 'a',
      problem: '1+1?',
      answer: '2',
      candidates: [
        { steps: ['\\boxed{2}'], scores: [0.9] },
        { steps: ['so', '\\boxed{3}'], scores: [0.9, 0.1] },
        { steps: ['\\boxed{3.0}'], scores: [0.2] },
      ],
    },
    { id: 'b', problem: 'unknown', candidates: [{ text: 'x', scores: [1] }] },
  ]

  test('by its own scores', async () => {
    const { out } = await run(linesOf(...rows), '--best-of', '1,3', '--trials', '20')
    expect(out).toMatch(/problems solved with n +1 +3\n/)
    expect(out).toMatch(/pass@n +33\.3 % +100\.0 %/)
    expect(out).toMatch(/majority +\d+\.0 % +0\.0 %/)
    expect(out).toMatch(/best by min +\d+\.0 % +100\.0 %/)
    expect(out).toContain('1 problems are left out: their answers cannot be graded')
  })

  test('by a file of scores: the n-th candidate is ID/n', async () => {
    const other = scores(['a/0', [0.1]], ['a/1', [0.9, 0.8]], ['a/2', [0.9]])
    const { bestOfN } = await reportOf(linesOf(...rows), '--scores', other, '--best-of', '3')
    const one = bestOfN![0]!.rules.filter(({ rule }) => rule !== 'amongFour') // of which all three are
    expect(one.every(({ solved }) => solved.mean === 0)).toBe(true)
  })
})

describe('labelled solutions of any format', () => {
  test('with a picture of calibration', async () => {
    const file = fixture('prm800k.jsonl')
    const svg = join(mkdtempSync(join(tmpdir(), 'minform-svg-')), 'plot.svg')
    const lengths = [6, 7, 5, 7, 8, 12]
    const judged = scores(
      ...lengths.map((n, i): [string, number[]] => [`prm800k.jsonl:${i + 1}`, Array(n).fill(0.75)]),
    )
    const args = [file, '--neutral', 'unknown', '--scores', judged, '--threshold', '0.5']
    const report = await reportOf(...args, '--svg', svg)
    // 45 steps; one neutral, two of labellers: 42 labels, one wrong
    expect(report.steps!.steps).toMatchObject({ steps: 42, stepAccuracy: 41 / 42 })
    expect(report.steps!.undecided).toBe(3)
    expect(report.steps!.calibration!.error).toBeCloseTo(41 / 42 - 0.75, 12)
    expect(readFileSync(svg, 'utf8')).toContain('42 steps, 42 in the fullest bin')
    const { code, out, err } = await run(...args, '--svg', '/no/such/folder/plot.svg')
    expect([code, err]).toEqual([2, expect.stringContaining('choose another place')])
    expect(out).toContain('AUC of steps') // nothing that was measured is lost
  })

  test('rows that cannot be read are skipped on demand, and told', async () => {
    const one = { id: 'a', problem: 'p', steps: ['s'], label: 0 }
    const file = linesOf(one, { ...one, id: 'b', label: 5 })
    const judged = scores(['a', [0.1]])
    const stopped = await run(file, '--scores', judged, '--threshold', '0.5')
    expect([stopped.code, stopped.err]).toEqual([1, expect.stringContaining(':2: label: is 5')])
    const { out, err } = await run(file, '--scores', judged, '--threshold', '0.5', '--skip-bad')
    expect(out).toContain('1 rows could not be read and are left out')
    expect(err).toContain(':2: label: is 5')
  })
})

test('a scorer: the oracle finds every first error, and says nothing of what comes after', async () => {
  const task = taskOf('nested-arithmetic')
  const rows = takeProblems(task, 3, { split: 'test', seed: 1, difficulty: 1 }).flatMap(problem => {
    const steps = problem.solution!
    const wrong = task.wrongStep(problem, steps, 1, random(1))!
    const labels = steps.map((_, s) => (s === 0 ? 1 : s === 1 ? 0 : null))
    const about = { problem, meaning: 'rightness' }
    return [
      { ...about, id: `${problem.id} right`, steps, labels: steps.map(() => 1) },
      { ...about, id: `${problem.id} wrong`, steps: steps.with(1, wrong), labels },
    ]
  })
  const report = await reportOf(linesOf(...rows), '--oracle', 'nested-arithmetic')
  expect(report.judge).toBe('oracle of nested-arithmetic')
  expect(report.threshold).toEqual({ value: 0.5, from: 'judge', chosenOn: null })
  expect(report.steps).toMatchObject({ solutions: 6, missing: 0, solutionAuc: 1 })
  expect(report.steps!.firstErrors).toMatchObject({ errors: 3, right: 3, f1: 1 })
})

test.each([
  [[bench], 2, 'name what scores the steps: --prm, --judge, --oracle or --scores'],
  [[bench, '--scores', found], 2, 'does not say above which score a step is right'],
  [[bench, '--scores', found, '--threshold', '1', '--threshold-from', 'gsm8k'], 2, 'not both'],
  [[bench, '--scores', found, '--oracle', 'nested-arithmetic'], 2, 'not both'],
  [
    [bench, '--scores', scores(['gsm8k-0', [1, 1, 1]]), '--threshold', '0'],
    1,
    'no scores of 2 of 3 solutions; the first is gsm8k-1',
  ],
  [
    [
      bench,
      '--scores',
      scores(['gsm8k-0', [1]], ['gsm8k-1', [1, 1]], ['omnimath-7', [1, 1]]),
      '--threshold',
      '0',
    ],
    1,
    '1 scores for the 3 steps of gsm8k-0',
  ],
  [
    [bench, '--scores', linesOf({ id: 'a', scores: ['x'] }), '--threshold', '0'],
    1,
    ':1: scores[0]: ',
  ],
  [
    [bench, '--scores', found, '--threshold-from', 'omnimath'],
    1,
    '1 of 1 solutions have a wrong step',
  ],
  [
    [bench, '--scores', found, '--threshold', '0', '--range', '1,0'],
    2,
    '--range is LOWEST,HIGHEST',
  ],
  [
    [bench, '--scores', found, '--threshold', '0', '--range', '0,0.8'],
    1,
    'step 0 of solution gsm8k-0 has the score 0.9, outside of 0 to 0.8',
  ],
  [
    [fixture('prm800k.jsonl'), '--scores', found],
    2,
    'say which it is: positive, negative, unknown',
  ],
  [[fixture('rewardmath-skywork.json.gz'), '--scores', found], 1, 'has no steps to score'],
  [[fixture('README.md'), '--scores', found], 1, 'not JSON'],
  [['/no/such/file', '--scores', found], 1, 'cannot be read'],
])('%# is refused', async (args, code, message) => {
  const { out, err, code: found } = await run(...args)
  expect([found, out]).toEqual([code, ''])
  expect(err).toContain(message)
})
