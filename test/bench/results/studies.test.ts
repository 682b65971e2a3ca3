// Studies that a table of variants makes: their variants exist, and their documents say what runs show.

import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { collapse } from '../../../bench/results/collapse.ts'
import { makeAll } from '../../../bench/results/make.ts'
import { map } from '../../../bench/results/map.ts'
import { noise } from '../../../bench/results/noise.ts'
import { writeNoised } from '../../../bench/results/noised.ts'
import { studies } from '../../../bench/results/studies.ts'
import type { Study } from '../../../bench/results/study.ts'
import { parseVariants } from '../../../src/cli/variant.ts'
import { summariseRun } from '../../../src/compare/run-summary.ts'
import { summarise } from '../../../src/compare/summary.ts'
import { readParameters } from '../../../src/engine/hf/checkpoint.ts'
import { readConfig } from '../../../src/engine/hf/config-file.ts'
import { type MadeUp, newFolder, writeRun } from '../../compare/made-up-runs.ts'

const never = new AbortController().signal

test('every study has variants that exist, among them its references, and a document of no runs', async () => {
  for (const study of studies) {
    const made = await found(study, newFolder(), () => null)
    const { text, pictures } = study.document(made)
    expect(text).not.toMatch(/undefined|NaN|\[object/)
    for (const file of Object.keys(pictures)) expect(text).toContain(`](${file})`)
  }
  expect(new Set(studies.flatMap(({ name, file, out }) => [name, file, out])).size).toBeGreaterThan(
    2 * studies.length,
  )
})

test('noise: up to which share each rule learns, and what happens above it', async () => {
  const made = await found(noise, newFolder(), name => {
    const wrong = Number(/wrong=([\d.]+)/.exec(name)?.[1] ?? 0)
    const rule = /rule=([\w-]+)/.exec(name)?.[1] ?? 'worst-for-all'
    if (rule === 'mean') return null
    const end = rule === 'sum' && wrong > 0.1 ? 0.1 : 0.9
    return { after: [end, 0.9], curves: { 'eval/validation_accuracy': [0.5, end] } }
  })
  const { text } = noise.document(made)
  expect(text).toContain(
    '- sum learns with up to 10 % of scores wrong (+40.0 ± 0.0 points); at 20 % it falls (-40.0 ± 0.0 points).',
  )
  expect(text).toContain(
    '- soft-min learns with up to 40 % of scores wrong (+40.0 ± 0.0 points), all that was tried.',
  )
  expect(text).toContain('- mean: no run is complete.')
  expect(text).toContain('| sum | 90.0 ± 0.0 (n = 2) | 90.0 ± 0.0 (n = 2) | 10.0 ± 0.0 (n = 2) |')
})

test('collapse: when each falls, whether alarms came before, and what a guard costs', async () => {
  const falling = [...Array(10).fill(0.8), ...Array(10).fill(0.1)]
  const made = await found(collapse, newFolder(), (name, part) => {
    if (part !== 'none' && part !== 'gates') return null
    const falls = name === 'sum-form' && part === 'none'
    return {
      after: [0.8, 0.9],
      curves: {
        'rollouts/accuracy': falls ? falling : Array(20).fill(0.75),
        'eval/validation_accuracy': falls ? falling : Array(20).fill(0.75),
      },
      warnings: falls ? [{ event: 'alarm', iteration: 9 }] : [],
    }
  })
  const { text } = collapse.document(made)
  expect(text).toContain('`sum-form` stays up in 0 of 2; `pure-prm` stays up in 2 of 2')
  expect(text).toContain(
    '`sum-form` stays up in 2 of 2, 75.0 % in the end beside 10.0 % without it',
  )
  expect(text).toContain('Guard kl. Not run yet: `sum-form:klCoef=0.01`')
  expect(text).not.toContain('| kl |')
  expect(text).toMatch(/\| none \| `sum-form` \| 2 \| 2 of 2 \| 14 ± 0 \| 2 of 2 \| 5 ± 0 \| 50\.0/)
})

test('map: places by accuracy before, and iterations to verifiable rewards as a ratio', async () => {
  const made = await found(map, newFolder(), (name, part) => {
    if (!part.includes('noise-0.3/') && !part.includes('noise-0/')) return null
    const low = part.includes('noise-0.3/')
    const curve =
      name === 'pure-vr' ? [0.4, 0.5, 0.6, 0.7] : low ? [0.3, 0.2, 0.1, 0] : [0.6, 0.8, 0.7, 0.6]
    return {
      before: [low ? 0.2 : 0.5, 0.6],
      after: [curve.at(-1)!, 0.9],
      curves: { 'eval/validation_accuracy': curve },
    }
  })
  const { text } = map.document(made)
  expect(text).toContain(
    'pure-prm ends below where it began in 3 of 6 places: noise-0.3 (carried judge), noise-0.3 (own judge), noise-0.3 (carried judge, gated)',
  )
  expect(text).toContain(
    'soft-min, leave-one-out ends below where it began in 2 of 4 places: noise-0.3 (carried judge), noise-0.3 (own judge); sooner than pure-vr in noise-0 (carried judge) (0.50), noise-0 (own judge) (0.50)',
  )
  const row = text.split('\n').filter(line => /^\| noise-0(\.3)? \|/.test(line))
  expect(row[0]).toMatch(
    /^\| noise-0.3 \| 20.0 \| carried \| - \| 70.0 ± 0.0; 1.00 \(n = 2\) \| 0.0 ± 0.0; - /,
  )
  expect(row[2]).toMatch(
    /^\| noise-0.3 \| 20.0 \| gated \| - \| - \| 0.0 ± 0.0; - \(n = 2\) \| .* \| - \| - \| 0.0/,
  )
  expect(row[3]).toMatch(
    /^\| noise-0 \| 50.0 \| carried \| - \| 70.0 ± 0.0; 1.00 \(n = 2\) \| 60.0 ± 0.0; 0.50 /,
  )
})

describe('what is made first', () => {
  test('a folder is made once; one that fails leaves the others', async () => {
    const out = newFolder()
    const tried: string[] = []
    const making = (folder: string, fails = false) => ({
      folder,
      make: async (to: string) => {
        tried.push(folder)
        expect(existsSync(to)).toBe(true)
        if (fails) throw new Error('no disk')
      },
    })
    const makings = [making('a', true), making('b'), making('c'), { ...making('d'), after: 'c' }]
    const study = { name: 'made', makings }
    const by = { out, jobs: 2, program: 'none' }
    const part = noise.parts['.']!
    const needs = (...models: string[]) =>
      Object.fromEntries(models.map(model => [model, { ...part, made: { model } }]))
    await makeAll(study, needs('a/model', 'b/model'), by, never)
    await makeAll(study, needs('a/model', 'b/model'), by, never)
    expect(tried).toEqual(['a', 'b', 'a'])
    await makeAll(study, needs('d/model'), by, never)
    expect(tried.slice(3)).toEqual(['c', 'd'])
    await makeAll(study, { plain: part }, by, never)
    expect(tried.length).toBe(5)
  })

  test('noise on the matrices of a policy, and on nothing else, by the seed', async () => {
    const [from, to] = ['models/base', join(newFolder(), 'noised')]
    await writeNoised(from, to, 0.3, 1)
    const config = await readConfig(from)
    const [before, after] = [await readParameters(from, config), await readParameters(to, config)]
    const rms = (xs: Float32Array) => Math.sqrt(xs.reduce((sum, x) => sum + x * x, 0) / xs.length)
    const moved = rms(after.map((x, i) => x - before[i]!)) / rms(before)
    expect(moved).toBeGreaterThan(0.15)
    expect(moved).toBeLessThan(0.45)
    await writeNoised(from, `${to}-again`, 0.3, 1)
    const same = (a: Float32Array, b: Float32Array) =>
      Buffer.from(a.buffer).equals(Buffer.from(b.buffer))
    expect(same(await readParameters(`${to}-again`, config), after)).toBe(true)
    await writeNoised(from, `${to}-none`, 0, 1)
    expect(same(await readParameters(`${to}-none`, config), before)).toBe(true)
  })
})

/** A study over two seeds, with the runs that `of` makes up. */
async function found(
  study: Study,
  folder: string,
  of: (name: string, part: string) => MadeUp | null,
) {
  const all = [...new Set(Object.values(study.parts).flatMap(part => part.variants))]
  const parsed = await parseVariants(all)
  const parts = Object.entries(study.parts).map(([part, { variants, reference }]) => {
    expect(variants).toContain(reference)
    const variantOf = (text: string) => parsed[all.indexOf(text)]!
    const names = variants.map(variantOf)
    const ran = names.map(({ name, options }) => {
      const runs = [1, 2].map(seed => {
        const run = join(folder, part, encodeURIComponent(name), `seed-${seed}`)
        const made = of(name, part)
        if (made !== null) {
          mkdirSync(join(run, '..'), { recursive: true })
          writeRun(run, made)
        }
        return summariseRun(run, seed, 1)
      })
      return { name, options, runs }
    })
    const timed = variantOf(reference).name
    const about = { command: 'minform compare', terms: { problems: 24 }, seeds: 2, iterations: 2 }
    return [part, summarise(ran, timed, about)] as const
  })
  return { parts: Object.fromEntries(parts), machine: 'a machine', out: folder }
}
