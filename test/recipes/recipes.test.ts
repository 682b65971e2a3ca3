// What holds for every recipe, as far as it says so itself: by its needs, its models, the options that recipes share. A new
// recipe passes with no word about it here.

import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { written } from '../../src/groups/written.ts'
import { type Iteration, iterate } from '../../src/iterate.ts'
import type { LossInput, Method } from '../../src/method.ts'
import { random } from '../../src/numbers/random.ts'
import { type Needs, type Recipe, resolve, rolloutsOf } from '../../src/recipe.ts'
import { recipes } from '../../src/recipes/index.ts'
import { keptRollouts } from '../../src/runs/recall.ts'
import type { Json, Problem } from '../../src/types.ts'
import { problems, toyMore, toyNeeds, toyPolicy } from '../toy.ts'

const iterations = 3

/** The KL has a direction whatever rewards say, also where it is a part of them. */
const noKl = { klCoef: '0', klRewardCoef: '0' }

/** Rewards that differ within a group, whatever was sampled: with them, who can learn does. */
const judged: Pick<Needs, 'grade' | 'scoreSteps'> = {
  grade: async groups =>
    groups.map(({ rollouts }, p) => ({ outcome_G: rollouts.map((_, g) => (p + g) % 2) })),
  scoreSteps: async groups =>
    groups.map(({ rollouts }) => ({
      steps_G_S: rollouts.map(({ steps }, g) =>
        Float32Array.from(steps, (_, s) => ((3 * g + s) % 5) / 2 - 1),
      ),
    })),
}

/** Judges that say nothing. */
const nothing: typeof judged = {
  grade: async groups => groups.map(({ rollouts }) => ({ outcome_G: rollouts.map(() => null) })),
  scoreSteps: async groups =>
    groups.map(({ rollouts }) => ({ steps_G_S: rollouts.map(() => null) })),
}

/** Judges that say what is no number. */
const broken: typeof judged = {
  grade: async groups =>
    groups.map(({ rollouts }) => ({ outcome_G: rollouts.map(() => Number.NaN) })),
  scoreSteps: async groups =>
    groups.map(({ rollouts }) => ({
      steps_G_S: rollouts.map(({ steps }) => new Float32Array(steps.length).fill(Number.NaN)),
    })),
}

interface Change {
  readonly options?: Readonly<Record<string, string>> // where the recipe has them
  readonly needs?: (usual: Needs) => Needs
  readonly stored?: (memory: Json) => Json // what happens to memory between two iterations
}

/** Some iterations of a recipe on the toy policy, its method built anew for each. */
async function trained(recipe: Recipe, { options = {}, needs, stored = memory => memory }: Change) {
  const policy = toyPolicy(3)
  const before = policy.table.values.slice()
  // iterations before the policy learns are none of those that are looked at
  const known = Object.entries({ before: '0', ...options }).filter(
    ([name]) => name in recipe.options,
  )
  const values = resolve(recipe, Object.fromEntries(known))
  const kept = keptRollouts()
  const usual = {
    ...toyNeeds(policy, undefined, { ...toyMore(recipe, policy), recall: kept.recall }),
    ...judged,
  }
  const given = needs?.(usual) ?? usual
  const found: { readonly method: Method; readonly one: Iteration }[] = []
  for (let iteration = 1; iteration <= iterations; iteration++) {
    const memory = stored(found.at(-1)?.one.memory ?? null)
    const method = recipe.build(values, given, { iteration, iterations, seed: 7, memory })
    const reference = method.loss.needsReference ? await given.reference() : null
    const learner = { policy, reference, learningRate: 0.05 }
    let drawn = 0
    const draw = (): Problem => problems[drawn++ % problems.length]!
    const asked = method.problems?.(draw, problems.length) ?? problems
    const one = await iterate(method, asked, learner, iteration)
    kept.keep(iteration, one.groups_P)
    found.push({ method, one })
  }
  return { found, weights: policy.table.values, before, values }
}

/** What of an iteration was credited: each rollout with its advantages. */
function credited({ credited: { groups_P, advantages_P_G_T } }: Iteration) {
  return groups_P.flatMap(({ rollouts }, p) =>
    rollouts.map((rollout, g) => ({ rollout, advantages_T: advantages_P_G_T[p]![g]! })),
  )
}

/** Whether any token of some iterations was to become more or less likely. */
function signalled({ found }: Awaited<ReturnType<typeof trained>>): boolean {
  return found.some(({ one }) =>
    credited(one).some(({ advantages_T }) => advantages_T.some(a => a !== 0)),
  )
}

/** The judges that a recipe says it cannot learn without, or the others, say nothing. */
function silent(recipe: Recipe, which: 'needed' | 'other') {
  const isSilent = (need: 'grader' | 'prm'): boolean =>
    recipe.needs.includes(need) === (which === 'needed')
  return (usual: Needs): Needs => ({
    ...usual,
    ...(isSilent('grader') && { grade: nothing.grade }),
    ...(isSilent('prm') && { scoreSteps: nothing.scoreSteps }),
  })
}

test('the table lists every file', () => {
  const folder = new URL('../../src/recipes/', import.meta.url)
  const files = readdirSync(folder).map(file => file.replace('.ts', ''))
  expect(recipes.map(r => r.name).sort()).toEqual(files.filter(f => f !== 'index').sort())
})

describe.each(recipes)('$name', recipe => {
  let done: ReturnType<typeof trained> | undefined
  const asItIs = () => (done ??= trained(recipe, {}))

  test('says where it is from, where it differs, and what its options do', () => {
    for (const text of [recipe.paper, recipe.about, ...recipe.differs]) expect(text).toMatch(/\S/)
    for (const { help } of Object.values(recipe.options)) expect(help).toMatch(/^\S.{3,60}$/)
  })

  test('learns: advantages are finite, one a token, and weights move by finite slopes', async () => {
    const all = await asItIs()
    expect(signalled(all)).toBe(true)
    for (const { one } of all.found) {
      const sizes = one.groups_P.map(({ rollouts }) => rollouts.length)
      expect(Math.max(...sizes)).toBeLessThanOrEqual(rolloutsOf(recipe, all.values))
      for (const { rollout, advantages_T } of credited(one)) {
        expect(advantages_T.length).toBe(rollout.ids.length)
        expect(advantages_T.every(Number.isFinite)).toBe(true)
      }
    }
    expect(all.found.some(({ one }) => one.dropped === null)).toBe(true)
    expect(all.weights).not.toEqual(all.before)
    expect(all.weights.every(Number.isFinite)).toBe(true)
  })

  test('what it found lines up, and its metrics are numbers of all that learned', async () => {
    const { found } = await asItIs()
    for (const { method, one } of found) {
      for (const [p, { problem, rollouts }] of one.groups_P.entries()) {
        expect(problems).toContain(problem)
        expect(one.rewards_P[p]!.outcome_G.length).toBe(rollouts.length)
      }
      expect(Object.values(one.metrics).filter(value => !Number.isFinite(value))).toEqual([])
      if (one.dropped !== null) continue
      const pupils = (method.also ?? []).flatMap(({ name }) => [
        `${name}/loss`,
        `${name}/grad_norm`,
      ])
      const expected = ['update/loss', 'update/grad_norm', ...pupils]
      expect(Object.keys(one.metrics)).toEqual(expect.arrayContaining(expected))
    }
  })

  test('its loss gives no slope to what the policy did not write, and changes nothing', async () => {
    for (const { method, one } of (await asItIs()).found) {
      const batch = foreign(one)
      const copy = structuredClone(batch)
      const slope = method.loss.of(batch)
      expect(slope.dlogprobs_G_T.map(d_T => d_T.length)).toEqual(
        batch.map(({ logprobs_T }) => logprobs_T.length),
      )
      for (const [g, { trained_T }] of batch.entries())
        for (const [t, own] of trained_T.entries())
          if (own === 0)
            expect([slope.dlogprobs_G_T[g]![t], slope.dentropies_G_T?.[g]?.[t] ?? 0]).toEqual([
              0, 0,
            ])
      expect(batch).toEqual(copy)
      expect(method.loss.of(batch)).toEqual(slope)
    }
  })

  test('what it remembers is all that outlives an iteration, also as a checkpoint has it', async () => {
    const [once, twice] = [await asItIs(), await trained(recipe, {})]
    const stored = (memory: Json): Json => JSON.parse(JSON.stringify(memory))
    const resumed = await trained(recipe, { stored })
    expect(twice.weights).toEqual(once.weights)
    expect(resumed.weights).toEqual(once.weights)
  })

  test('what it does not say that it needs is never touched', async () => {
    const needs = (usual: Needs): Needs => ({
      ...usual,
      get scoreSteps() {
        return recipe.needs.includes('prm') ? usual.scoreSteps : refuse('a judge of steps')
      },
      get ask() {
        return recipe.needs.includes('chat') ? usual.ask : refuse('a chat model')
      },
      model: name =>
        Object.hasOwn(recipe.beside ?? {}, name) ? usual.model(name) : refuse(`a ${name}`),
    })
    await trained(recipe, { needs })
  })

  test('it learns nothing where all that it needs is missing, and something where all else is', async () => {
    const { needs } = recipe
    const known = needs.length > 0 && needs.every(need => need === 'grader' || need === 'prm')
    const without = (which: 'needed' | 'other') =>
      trained(recipe, { options: noKl, needs: silent(recipe, which) })
    if (known) expect(signalled(await without('needed'))).toBe(false)
    expect(signalled(await without('other'))).toBe(true)
  })

  test('a reward that is no number is never learned from', async ({ skip }) => {
    const judges = ['grader', 'prm'] as const
    if (!judges.some(need => recipe.needs.includes(need))) skip('its rewards are of neither judge')
    const needs = (usual: Needs): Needs => ({ ...usual, ...broken })
    const { found, weights, before } = await trained(recipe, { needs })
    expect(found.map(({ one }) => one.dropped)).not.toContain(null)
    expect(weights).toEqual(before)
  })

  test('options that recipes share do what they say', async () => {
    const plain = { ...noKl, maskClosing: 'true' }
    const { found } = await trained(recipe, { options: plain })
    if ('klCoef' in recipe.options)
      for (const { method } of found) expect(method.loss.needsReference).toBe(false)
    const closing = ({ one }: (typeof found)[number]): number[] =>
      credited(one).flatMap(({ rollout: { steps }, advantages_T }) =>
        steps.map(({ end }) => advantages_T[end - 1]!),
      )
    if (!('maskClosing' in recipe.options)) return
    expect(found.flatMap(closing).filter(a => a !== 0)).toEqual([])
    const open = await trained(recipe, { options: { ...plain, maskClosing: 'false' } })
    expect(open.found.flatMap(closing).some(a => a !== 0)).toBe(true)
  })
})

/** What a loss might see of an iteration's rollouts, one token in three written by somebody else. */
function foreign(one: Iteration): LossInput[] {
  const draw = random(1, 'foreign')
  return credited(one).map(({ rollout, advantages_T }, g): LossInput => {
    const own_T = written(rollout)
    const moved = (by: number): Float32Array => rollout.logprobs_T.map(x => x + by * (draw() - 0.5))
    return {
      group: g >> 1,
      outcome: g % 2,
      logprobs_T: moved(1),
      sampled_T: rollout.logprobs_T,
      drawn_T: rollout.sampledLogprobs_T,
      proximal_T: moved(0.1),
      reference_T: moved(1),
      means_T: moved(1),
      proximalMeans_T: moved(0.1),
      advantages_T,
      trained_T: own_T.map((own, t) => (t % 3 === 2 ? 0 : own)),
      replayed_T: own_T.map((own, t) => (t % 4 === 1 ? own : 0)),
    }
  })
}

function refuse(what: string): never {
  throw new Error(`asked for ${what}`)
}
