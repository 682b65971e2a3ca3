import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { resultsPage, resultsPictures, resultsVariants } from '../../bench/results-page.ts'
import { parseVariants } from '../../src/cli/variant.ts'
import { summariseRun } from '../../src/compare/run-summary.ts'
import { summarise } from '../../src/compare/summary.ts'
import { newFolder, writeRun } from '../compare/made-up-runs.ts'

test('the variants exist, under the names that a comparison gives them', () => {
  expect(parseVariants(resultsVariants).map(({ name }) => name)).toEqual(resultsVariants)
  const drawn = resultsPictures.flatMap(({ names }) => names)
  expect(drawn.filter(name => !resultsVariants.includes(name))).toEqual([])
})

test('a page says what the runs show, also where some are missing', () => {
  const folder = newFolder()
  const ran = parseVariants(resultsVariants).map(({ name, options }, i) => {
    const run = join(folder, String(i))
    const curves = {
      'rollouts/accuracy': [0.5, 0.6],
      'eval/validation_accuracy': [0.5, 0.6],
      'rewards/process_mean': [0.1, 0.2],
    }
    if (name !== 'sum-form') writeRun(run, { after: [0.5 + i / 100, 0.9], curves })
    expect(existsSync(run)).toBe(name !== 'sum-form')
    return { name, options, runs: [summariseRun(run, 1, 2)] }
  })
  const about = { command: 'minform compare', terms: { task: 'sums' }, seeds: 1, iterations: 2 }
  const page = resultsPage(summarise(ran, 'pure-vr', about), 'a machine')
  expect(page).toContain('### 1. Sum-form credit with the PRM is hacked: cannot be told')
  expect(page).toContain('There is no complete run of sum-form.')
  expect(page).toContain(
    'Seeds 1 to 1 (complete runs of a variant: 0, 1), 2 iterations each, on a machine:',
  )
  expect(page).toContain('- sum-form, seed 1: not run')
  expect(page).toMatch(/\| pure-verl \| 1 \| 50\.0 \| /)
  for (const { file } of resultsPictures) expect(page).toContain(`](${file})`)
  expect(page).not.toMatch(/undefined|NaN|null/)
})
