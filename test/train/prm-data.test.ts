import { describe, expect, test } from 'vitest'
import { ConfigError, DataError } from '../../src/errors.ts'
import { type PrmSource, prmData } from '../../src/train/prm-data.ts'
import { fixture, rowsFile } from '../cli/commands.ts'
import { rows } from './prm-subject.ts'

const place = { device: 'cpu', threads: 1, seed: 1 } as const
const silent = { start: () => {}, update: () => {}, end: () => {} }
const load = (source: PrmSource) => prmData(source, place, silent)
const files = (names: readonly string[], more: object = {}): PrmSource => ({
  kind: 'files',
  files: names,
  reading: {},
  skipBad: false,
  validation: 0.3,
  ...more,
})

describe('files', () => {
  test('problems are learned from or validated on, with all their solutions, in every run', async () => {
    const twice = rows.map((row, i) => ({ ...row, problem: rows[i - (i % 3)]!.problem }))
    const { learn, validation } = await load(files([rowsFile(twice)]))
    expect(learn.length + validation.length).toBe(rows.length)
    const prompts = new Set(learn.map(({ problem }) => problem.prompt))
    expect(validation.some(({ problem }) => prompts.has(problem.prompt))).toBe(false)
    expect(validation.length).toBeGreaterThan(3)
    expect(validation.length).toBeLessThan(40)
    const again = await load(files([rowsFile([...twice].reverse())]))
    const ids = (all: typeof learn) => all.map(({ id }) => id).sort()
    expect(ids(again.validation)).toEqual(ids(validation))
  })

  test('problems of a validation file are not learned from', async () => {
    const [a, b] = [rowsFile(rows.slice(0, 40)), rowsFile(rows.slice(30))]
    const { learn, validation, notes } = await load(files([a], { validation: b }))
    expect([learn.length, validation.length]).toEqual([30, 30])
    expect(notes).toEqual(['10 solutions left out: of problems that are validated on'])
    await expect(load(files([b], { validation: b }))).rejects.toThrow(DataError)
  })

  test('several files, bad rows counted where that is asked for', async () => {
    const bad = rowsFile([rows[0], '{"id": 3', { ...rows[1], labels: [1] }])
    const all = files([rowsFile(rows.slice(2)), bad], { validation: 0 })
    await expect(load(all)).rejects.toThrow(DataError)
    const { learn, notes } = await load({ ...all, skipBad: true } as PrmSource)
    expect(learn).toHaveLength(59)
    expect(notes[0]).toMatch(/^2 rows left out: .*:2/)
  })

  test('a share that is none is refused', async () => {
    const broken = files([rowsFile(rows)], { validation: 1 })
    await expect(load(broken)).rejects.toThrow(ConfigError)
  })
})

test("a task: the policy's own rollouts with all their labels and outcomes, and made ones without outcomes", async () => {
  const { learn, validation, rightTexts, name } = await load({
    kind: 'task',
    task: 'nested-arithmetic',
    difficulty: 0,
    policy: fixture('../../../models/base'),
    labelledProblems: 100,
    validationProblems: 4,
    maxTokens: 60,
  })
  expect(name).toBe('nested-arithmetic, difficulty 0')
  const sampled = learn.filter(({ kind }) => kind === 'sampled')
  const made = learn.filter(({ kind }) => kind !== 'sampled')
  expect(made.length / learn.length).toBeCloseTo(0.45, 1)
  expect(sampled.every(({ answerRight }) => answerRight !== null)).toBe(true)
  expect(made.every(({ answerRight }) => answerRight === null)).toBe(true)
  expect(validation).toHaveLength(8)
  for (const { steps, labels_S } of learn) expect(labels_S).toHaveLength(steps.length)
  const wrong = sampled.filter(({ labels_S }) => labels_S.includes(0))
  expect(wrong.length).toBeGreaterThan(5)
  // a solution whose steps are all right comes out right
  for (const { labels_S, answerRight } of sampled)
    if (labels_S.every(label => label === 1)) expect(answerRight).toBe(true)
  const one = made.find(({ kind, labels_S }) => kind === 'right' && labels_S.length > 1)!
  expect(rightTexts(one, 0)).toContain(one.steps[0])
})
