import { join } from 'node:path'
import { expect, test } from 'vitest'
import { six } from '../../../bench/results/six.ts'
import { parseVariants } from '../../../src/cli/variant.ts'
import { summariseRun } from '../../../src/compare/run-summary.ts'
import { summarise } from '../../../src/compare/summary.ts'
import { newFolder, writeRun } from '../../compare/made-up-runs.ts'

test('the page says of each method whether it learns, and of one that does not what its numbers are', async () => {
  const folder = newFolder()
  const part = six.parts['.']!
  const variants = await parseVariants(part.variants)
  expect(variants.map(({ name }) => name)).toEqual(part.variants)
  const ran = variants.map(({ name, options }) => {
    const runs = [1, 2].map(seed => {
      const run = join(folder, name, String(seed))
      const learns = name !== 'guide' && name !== 'prime'
      const curves = {
        'eval/validation_accuracy': [0.5, learns ? 0.8 : 0.5],
        'update/grad_norm': [0.2, name === 'guide' ? 0.1 : 0.3],
        'update/dropped': name === 'guide' ? [1, 1] : [0, 0],
        ...(name === 'exgrpo' && { 'rollouts/replay_share': [null, 0.25] }),
      }
      if (name !== 'oreal')
        writeRun(run, { after: [(learns ? 0.8 : 0.5) + (seed === 1 ? 0.01 : -0.01), 0.9], curves })
      return summariseRun(run, seed, 2)
    })
    return { name, options, runs }
  })
  const about = { command: 'minform compare', terms: { task: 'sums' }, seeds: 2, iterations: 2 }
  const summary = summarise(ran, part.reference, about)
  const { text: page } = six.document({
    parts: { '.': summary },
    machine: 'a machine',
    out: folder,
  })
  expect(page).toContain(
    '- `grpo` **learns**: +30.0 ± 1.4 points of sampled accuracy (n = 2); beside `pure-vr`, seed by seed, +0.0 ± 0.0.',
  )
  expect(page).toContain(
    '- `guide` **does not learn**: +0.0 ± 1.4 points of sampled accuracy (n = 2); 100.0 % of its iterations had nothing to learn from.',
  )
  expect(page).toContain('none of the numbers below says why')
  expect(page).toContain('- `oreal`: there is no complete run.')
  expect(page).toMatch(/\| exgrpo \| 0\.0 ± 0\.0 \| 12\.5 ± 0\.0 \|/)
  expect(page).not.toMatch(/undefined|NaN|null/)
})
