import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { pure } from '../../../bench/results/pure.ts'
import { parseVariants } from '../../../src/cli/variant.ts'
import { summariseRun } from '../../../src/compare/run-summary.ts'
import { summarise } from '../../../src/compare/summary.ts'
import { newFolder, writeRun } from '../../compare/made-up-runs.ts'

const parts = Object.keys(pure.parts)

test.each(parts)(
  'the variants of %s exist, under the names that a comparison gives them',
  async part => {
    const { variants } = pure.parts[part]!
    expect((await parseVariants(variants)).map(({ name }) => name)).toEqual(variants)
  },
)

test('a page says what the runs show, also where some are missing', async () => {
  const folder = newFolder()
  const parsed = await Promise.all(parts.map(part => parseVariants(pure.parts[part]!.variants)))
  const summaries = parts.map((part, p) => {
    const ran = parsed[p]!.map(({ name, options }, i) => {
      const run = join(folder, part, String(i))
      const curves = {
        'rollouts/accuracy': [0.5, 0.6],
        'eval/validation_accuracy': [0.5, 0.6],
        'rewards/process_mean': [0.1, 0.2],
      }
      if (name !== 'sum-form') writeRun(run, { after: [0.5 + i / 100, 0.9], curves })
      expect(existsSync(run)).toBe(name !== 'sum-form')
      return { name, options, runs: [summariseRun(run, 1, 2)] }
    })
    const about = {
      command: `minform compare ${part}`,
      terms: { task: 'sums' },
      seeds: 1,
      iterations: 2,
    }
    return [part, summarise(ran, pure.parts[part]!.reference, about)] as const
  })
  const { text: page, pictures } = pure.document({
    parts: Object.fromEntries(summaries),
    machine: 'a machine',
    out: folder,
  })
  expect(page).toContain('### 1. Sum-form credit with the PRM is hacked: cannot be told')
  expect(page).toContain('There is no complete run of sum-form.')
  expect(page).toContain(
    'Seeds 1 to 1 (complete runs of a variant: 0, 1), 2 iterations each; written on a machine:',
  )
  expect(page).toContain('- sum-form, seed 1: not run')
  for (const part of parts) expect(page).toContain(`minform compare ${part}`)
  expect(page).toMatch(/\| pure-verl \| 1 \| 50\.0 \| /)
  for (const [file, svg] of Object.entries(pictures)) {
    expect(page).toContain(`](${file})`)
    expect(svg).toContain('<svg')
  }
  for (const part of parts)
    for (const name of pure.parts[part]!.variants.filter(one => one !== 'sum-form'))
      expect(Object.values(pictures).some(svg => svg.includes(`>${name}</text>`))).toBe(true)
  expect(page).not.toMatch(/undefined|NaN|null/)
})
