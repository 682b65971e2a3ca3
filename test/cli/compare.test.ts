import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ComparisonSummary } from '../../src/compare/summary.ts'
import { interrupted, minform, tinyModels } from './train-subject.ts'

let tiny: Awaited<ReturnType<typeof tinyModels>>
beforeAll(async () => {
  tiny = await tinyModels()
})
afterAll(() => tiny.remove())

let outs = 0
const newOut = (): string => join(tiny.folder, `compared-${++outs}`)
/** Short runs of the tiny models; later flags win over these. */
const short = (out: string): string[] => [
  ...['--problems', tiny.problems, '--model', tiny.base, '--prm', tiny.prm, '--out', out],
  ...['--iterations', '2', '--batch', '4', '--max-tokens', '24', '--eval-every', '1'],
  ...['--seeds', '2', '--threads', '1', '--audit', 'off'],
]
const text = (...path: string[]): string => readFileSync(join(...path), 'utf8')

describe('wrong usage ends with 2 and leaves nothing behind', () => {
  test.each([
    [[], 'name what to compare'],
    [['pure-vr', 'sum-from'], "no recipe 'sum-from'; did you mean 'sum-form'?"],
    [
      ['pure-prm:temprature=1'],
      "pure-prm has no option 'temprature' (did you mean 'temperature'?)",
    ],
    [['pure-vr', 'pure-vr:clip=0.2'], 'pure-vr:clip=0.2 is the same as pure-vr'],
    [
      ['pure-vr', '--reference', 'sum-form'],
      '--reference sum-form is not compared; there is pure-vr',
    ],
    [['pure-vr', '--seeds', '0'], "--seeds is a whole number from 1, got '0'"],
    [['pure-vr', '--seed', '3'], "compare has no option '--seed'; did you mean '--seeds'?"],
    [['pure-vr', '--from-scratch'], "compare has no option '--from-scratch'"],
    [['pure-vr', '--problems', 'x'], 'a comparison starts from one model: give --model'],
    [['pure-vr', '--model', '/no/model'], 'there is no folder or file /no/model'],
    [['pure-vr', '--json', 'sum-form'], "one argument too many: 'sum-form'"],
  ])('%j', async (args, message) => {
    const out = newOut()
    const { code, out: printed, err } = await minform('compare', ...args, '--out', out)
    expect(err).toContain(message)
    expect([code, printed, existsSync(out)]).toEqual([2, '', false])
  })
})

test('variants are compared, and a second time nothing is run again', async () => {
  const out = newOut()
  const variants = ['pure-prm-vr:labelled=0.5', 'pure-vr']
  const first = await minform('compare', ...variants, ...short(out))
  expect(first.err).toContain('4 runs\n')
  expect(first.err).toContain('pure-prm-vr:labelled=0.5, seed 1 (1 of 4) 2/2')
  expect(first.code).toBe(0)
  expect(first.out).toMatch(/^pure-vr +2 +[\d.]+ ± 0\.0 +[\d.]+ ± [\d.]+ /m)
  expect(first.out).toMatch(/^pure-vr +- +- +[\d.]+ ± [\d.]+ /m) // it has no PRM

  const report = JSON.parse(text(out, 'report.json')) as ComparisonSummary
  expect(report.variants.map(({ name, n }) => [name, n])).toEqual(variants.map(name => [name, 2]))
  expect(report.variants[0]!.curves.validation.map(({ iteration }) => iteration)).toEqual([1, 2])
  expect(report.reference.name).toBe('pure-vr')
  expect(report.variants[0]!.measures.processEnd!.spread).toBeGreaterThan(0)
  expect(report.command).toContain('minform compare pure-prm-vr:labelled=0.5 pure-vr --seeds 2 ')
  expect(text(out, 'report.md')).toContain('| pure-prm-vr:labelled=0.5 | 2 |')
  expect(text(out, 'curves.svg').match(/data-curve/g)).toHaveLength(4)
  const run = join(out, 'runs', 'pure-prm-vr--labelled-0.5', 'seed-2')
  expect(JSON.parse(text(run, 'config.json'))).toMatchObject({
    seed: 2,
    options: { labelled: 0.5 },
  })

  const written = statSync(join(run, 'metrics.jsonl')).mtimeMs
  const again = await minform('compare', ...variants, ...short(out), '--json')
  expect(again.err).toContain('4 runs; 4 are there already')
  expect(JSON.parse(again.out)).toEqual(report)
  expect(statSync(join(run, 'metrics.jsonl')).mtimeMs).toBe(written)

  const other = await minform('compare', 'pure-vr', ...short(out), '--iterations', '3')
  expect(other.err).toContain('of other terms: iterations is 2 there and 3 here')
  expect(other.code).toBe(2)
})

test('a run that fails is a row with its error, and the others are reported', async () => {
  const out = newOut()
  const args = ['pure-vr', 'pure-vr:klCoef=0', ...short(out), '--seeds', '1']
  await minform('compare', 'pure-vr:klCoef=0', ...short(out), '--seeds', '1')
  writeFileSync(join(out, 'runs', 'pure-vr'), 'in the way')
  const { code, out: printed, err } = await minform('compare', ...args)
  expect(err).toContain('pure-vr, seed 1 failed: ')
  expect(err).toContain('1 of 2 runs are not complete')
  expect(code).toBe(1)
  expect(printed).toMatch(/^- pure-vr, seed 1: not run: .*(ENOTDIR|cannot write)/m)
  expect(printed).toMatch(/^pure-vr:klCoef=0 +1 +\d/m)
})

test('Ctrl-C ends after the iteration in hand, with a report; the same command goes on', async () => {
  const out = newOut()
  const args = ['compare', 'pure-vr', ...short(out), '--iterations', '12', '--eval-every', '12']
  const cut = await interrupted(args, /seed 2 \(2 of 2\)/)
  expect(cut.err).toContain('stopping after what is in hand')
  expect(cut.code).toBe(130)
  expect(cut.out).toMatch(/^pure-vr +1 /m)
  expect(text(out, 'report.md')).toContain('- pure-vr, seed 2: ')
  const { code, err } = await minform(...args)
  expect(err).toContain('2 runs; 1 are there already')
  expect(code).toBe(0)
})
