import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseVariants } from '../../src/cli/variant.ts'
import { type CompareReport, compare, type RunOne } from '../../src/compare/compare.ts'
import { openFolder, type PlannedRun, runFolder, termsOf } from '../../src/compare/plan.ts'
import { resolve } from '../../src/recipe.ts'
import type { TrainingRequest, WholeRequest } from '../../src/train/request/request.ts'
import { newFolder, writeRun } from './made-up-runs.ts'

const never = new AbortController().signal

/** Two iterations of variants with so many seeds each. */
async function planned(folder: string, names: readonly string[], seeds = 2): Promise<PlannedRun[]> {
  return (await parseVariants(names)).flatMap(variant => {
    return Array.from({ length: seeds }, (_, i) => {
      const { recipe, overrides } = variant
      const place = { folder: runFolder(folder, variant, i + 1), seed: i + 1, iterations: 2 }
      const request = { recipe, overrides, ...place } as WholeRequest
      return { variant, seed: i + 1, request }
    })
  })
}

/** Stands in for a training run: writes a complete run, unless told otherwise. */
function runner(doing: (request: TrainingRequest) => void = () => {}) {
  const ran: string[] = []
  const one: RunOne = async (request, _, __, { resume = false } = {}) => {
    const { recipe, seed, folder, overrides } = request
    ran.push(`${recipe.name} ${seed}${resume ? ' resumed' : ''}`)
    if (resume) rmSync(folder, { recursive: true })
    doing(request)
    const options = resolve(recipe, overrides)
    writeRun(folder, { after: [0.6, 0.7], curves: { x: [1, 2] }, config: { options } })
    return {} as Awaited<ReturnType<RunOne>>
  }
  return { ran, one }
}

const silent: CompareReport = {
  found: () => {},
  start: () => ({}) as ReturnType<CompareReport['start']>,
  failed: () => {},
}

describe('compare', () => {
  test('runs seed by seed, and never what is complete', async () => {
    const folder = newFolder()
    const first = runner()
    await compare(await planned(folder, ['pure-vr', 'sum-form']), silent, never, {
      runOne: first.one,
    })
    expect(first.ran).toEqual(['pure-vr 1', 'sum-form 1', 'pure-vr 2', 'sum-form 2'])
    const second = runner()
    const more = await planned(folder, ['pure-vr', 'sum-form', 'sum-form:discount=0.9'])
    const variants = await compare(more, silent, never, { runOne: second.one })
    expect(second.ran).toEqual(['sum-form 1', 'sum-form 2'])
    expect(variants.map(({ name, runs }) => [name, runs.map(run => run.state)])).toEqual(
      ['pure-vr', 'sum-form', 'sum-form:discount=0.9'].map(n => [n, ['complete', 'complete']]),
    )
  })

  test('a failed run does not lose the others, and is run again the next time', async () => {
    const folder = newFolder()
    const failing = runner(({ recipe, seed }) => {
      if (recipe.name === 'pure-vr' && seed === 1) throw new Error('NaN everywhere')
    })
    const plan = await planned(folder, ['pure-vr', 'sum-form'])
    const [first] = await compare(plan, silent, never, { runOne: failing.one })
    expect(failing.ran).toHaveLength(4)
    expect(first!.runs.map(({ state, error }) => [state, error])).toEqual([
      ['missing', 'NaN everywhere'],
      ['complete', null],
    ])
    const again = runner()
    await compare(plan, silent, never, { runOne: again.one })
    expect(again.ran).toEqual(['pure-vr 1'])
  })

  test('an abort ends after the run in hand; what it cut short goes on', async () => {
    const folder = newFolder()
    const controller = new AbortController()
    const cut: RunOne = async ({ folder }) => {
      writeRun(folder, { after: [0.5, 0.5], curves: { x: [1] }, config: {} })
      controller.abort()
      return {} as Awaited<ReturnType<RunOne>>
    }
    const plan = await planned(folder, ['pure-vr'])
    const [stopped] = await compare(plan, silent, controller.signal, { runOne: cut })
    expect(stopped!.runs.map(({ state }) => state)).toEqual(['unfinished', 'missing'])
    const again = runner()
    const [whole] = await compare(plan, silent, never, { runOne: again.one })
    expect(again.ran).toEqual(['pure-vr 1 resumed', 'pure-vr 2'])
    expect(whole!.runs.map(({ state }) => state)).toEqual(['complete', 'complete'])
  })

  test('a complete run of other options is refused', async () => {
    const folder = newFolder()
    const plan = await planned(folder, ['pure-vr'], 1)
    const config = { options: { groupSize: 99 } }
    writeRun(plan[0]!.request.folder, { after: [1, 1], curves: { x: [1, 2] }, config })
    await expect(compare(plan, silent, never, { runOne: runner().one })).rejects.toThrow(
      'is a run of other options: groupSize is 99 there and 8 here',
    )
  })
})

describe('terms', () => {
  const model = (folder: string, weights: string): string => {
    const place = join(folder, 'model')
    openFolder(place, {})
    writeFileSync(join(place, 'config.json'), '{}')
    writeFileSync(join(place, 'model.safetensors'), weights)
    return place
  }
  const asked = (folder: string, given: object): WholeRequest =>
    ({
      recipe: {},
      folder,
      seed: 1,
      task: 'nested-arithmetic',
      template: null,
      reward: null,
      verifier: null,
      problemsFile: null,
      testFile: null,
      prm: null,
      engine: { kind: 'onnx' },
      ...given,
    }) as never

  test('hold what runs share, with the sums of their files', async () => {
    const folder = newFolder()
    const place = model(folder, 'weights')
    const one = asked('a', { model: place, iterations: 3 })
    const two = asked('b', { model: place, iterations: 3, seed: 2, prm: place })
    const terms = await termsOf([one, two])
    expect(terms).toMatchObject({ iterations: 3, model: { path: relative('.', place) } })
    expect(Object.keys(terms)).not.toContain('seed')
    const there = { kind: 'tinker', url: 'http://h', baseModel: 'm' }
    const served = asked('a', { model: place, engine: there })
    const before = await termsOf([served])
    expect(before.model).not.toEqual(terms.model) // weights on the server are not what makes it
    writeFileSync(join(place, 'model.safetensors'), 'others')
    expect(await termsOf([served])).toEqual(before)
    writeFileSync(join(place, 'config.json'), '{"vocab_size": 2}')
    expect((await termsOf([served])).model).not.toEqual(before.model)
    await expect(termsOf([one, { ...two, iterations: 4 }])).rejects.toThrow(RangeError)
    await expect(termsOf([asked('a', { model: folder })])).rejects.toThrow(
      `${folder}: no model there`,
    )
    await expect(termsOf([asked('a', { model: null, problemsFile: '/no/such' })])).rejects.toThrow(
      '/no/such: cannot be read',
    )
    writeFileSync(join(place, 'model.safetensors'), 'others')
    expect(await termsOf([one])).not.toEqual(await termsOf([two]))
    expect((await termsOf([one])).model).not.toEqual(terms.model)
  })

  test('a folder of other terms, or of something else, is refused', () => {
    const folder = newFolder()
    rmSync(folder, { recursive: true })
    openFolder(folder, { iterations: 3, prm: null })
    openFolder(folder, { iterations: 3, prm: { path: 'x', sha256: '1' } })
    expect(() => openFolder(folder, { iterations: 4, prm: null })).toThrow(
      'holds a comparison of other terms: iterations is 3 there and 4 here; choose another --out',
    )
    const judged = newFolder()
    openFolder(judged, { prm: { path: 'x', sha256: '1' } })
    openFolder(judged, { prm: { path: 'moved', sha256: '1' } })
    expect(() => openFolder(judged, { prm: { path: 'x', sha256: '2' } })).toThrow(
      'other terms: prm is',
    )
    const other = newFolder()
    writeFileSync(join(other, 'thesis.tex'), '')
    expect(() => openFolder(other, {})).toThrow('holds something else')
    expect(existsSync(join(other, 'terms.json'))).toBe(false)
    expect(() => openFolder(join(other, 'thesis.tex', 'x'), {})).toThrow(
      'cannot write a comparison',
    )
  })
})
