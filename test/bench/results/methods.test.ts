import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { methods } from '../../../bench/results/methods.ts'
import { parseVariants } from '../../../src/cli/variant.ts'
import { summariseRun } from '../../../src/compare/run-summary.ts'
import { summarise } from '../../../src/compare/summary.ts'
import { recipes } from '../../../src/recipes/index.ts'
import { newFolder, writeRun } from '../../compare/made-up-runs.ts'

const planned = Object.values(methods.parts).flatMap(part => part.variants)

test('every recipe is planned once, or is told with what it needs', async () => {
  const folder = newFolder()
  const { text } = methods.document(await found(folder, () => null))
  for (const { name } of recipes) {
    expect(planned.filter(one => one === name).length).toBe(
      text.includes(`| \`${name}\` | a`) ? 0 : 1,
    )
  }
  expect(text).toContain('| `prore` | a chat model; an environment, and problems for it |')
  expect(text).toContain('No run is complete.')
  expect(text).toContain('Not run yet: `a-dlp`, ')
})

test('recipes that ask for more rollouts of each problem have fewer problems', () => {
  const batchOf = (name: string) =>
    Object.values(methods.parts).find(part => part.variants.includes(name))!.flags!.batch
  expect(['grpo', 'guide', 'tree-rpo', 'brorl'].map(batchOf)).toEqual(['24', '24', '12', '6'])
})

test('a word for what each is good for comes from its numbers', async () => {
  const folder = newFolder()
  writeFileSync(join(folder, 'before.eval.json'), JSON.stringify({ passAtN: { share: 0.9 } }))
  const after: Readonly<Record<string, number>> = {
    ...{ grpo: 0.8, 'pure-vr': 0.8, hero: 0.9, 'sum-form': 0.2, spurious: 0.5, 'pure-prm': 0.7 },
    ...{ dapo: 0.8, 'a-dlp': 0.79, 'tree-rpo': 0.8 },
  }
  const made = await found(folder, (name, seed) => {
    if (after[name] === undefined) return null
    const tokens = name === 'a-dlp' ? 30 : 40
    return {
      after: [after[name] + seed / 1000, 0.95],
      passes: name === 'dapo' ? 0.99 : 0.95,
      curves: {
        'eval/validation_accuracy': [0.55, 0.6, 0.7, after[name]],
        'rollouts/tokens_mean': [40, 40, 40, tokens],
        'time/iteration_s': Array(4).fill(2),
        'update/tokens': Array(4).fill(name === 'hero' ? 2000 : name === 'pure-vr' ? 500 : 1000),
        'update/entropy': Array(4).fill(0.1),
      },
    }
  })
  const { text, pictures } = methods.document(made)
  const row = (name: string) =>
    text
      .split('\n')
      .find(line => line.startsWith(`| \`${name}\` | 2 |`))!
      .split(' | ')
  expect(row('grpo').slice(2, 10).join(' ')).toBe(
    '50.0 ± 0.0 80.2 ± 0.1 90.0 ± 0.0 95.0 ± 0.0 80.0 ± 0.0 95.0 ± 0.0 40.0 ± 0.0 0.100 ± 0.000',
  )
  const word = (name: string) => row(name).at(-1)!.replace(' |', '')
  expect(word('grpo')).toBe('learning')
  expect(word('pure-vr')).toBe('few tokens learned')
  expect(word('hero')).toBe('accuracy')
  expect(row('hero')[6]).toBe('60.0 ± 0.0') // it has learned from 4000 tokens after two of its iterations
  expect(word('sum-form')).toBe('falls')
  expect(word('spurious')).toBe('does not learn')
  expect(word('pure-prm')).toBe('learning without answers, learning, less than grpo')
  expect(word('dapo')).toBe('breadth (pass@8)')
  expect(word('a-dlp')).toMatch(/^short answers/)
  expect(text).not.toMatch(/undefined|NaN|null/)
  expect(Object.values(pictures)[0]).toContain('>tree-rpo</text>')
})

interface MadeUp {
  readonly after: readonly [number, number]
  readonly passes: number
  readonly curves: Readonly<Record<string, readonly (number | null)[]>>
}

/** The study over two seeds, with runs of the recipes of which `of` makes one. */
async function found(folder: string, of: (name: string, seed: number) => MadeUp | null) {
  const parts = Object.entries(methods.parts).map(async ([name, { variants, reference }]) => {
    const ran = (await parseVariants(variants)).map(variant => {
      const runs = [1, 2].map(seed => {
        const place = join(folder, variant.name, `seed-${seed}`)
        const made = of(variant.name, seed)
        if (made !== null) {
          writeRun(place, made)
          writeFileSync(`${place}.eval.json`, JSON.stringify({ passAtN: { share: made.passes } }))
        }
        return summariseRun(place, seed, 4)
      })
      return { name: variant.name, options: variant.options, runs }
    })
    const terms = { task: 'sums', problems: 24 }
    const about = { command: 'minform compare', terms, seeds: 2, iterations: 4 }
    return [name, summarise(ran, reference, about)] as const
  })
  return { parts: Object.fromEntries(await Promise.all(parts)), machine: 'a machine', out: folder }
}
