// Groups that are there before others are judged before the others are there, and nothing comes out differently.

import { expect, test } from 'vitest'
import type { Engine } from '../src/engine/engine.ts'
import { iterate } from '../src/iterate.ts'
import { rolloutRewards } from '../src/prm/score/rollout-rewards.ts'
import type { StepScorer } from '../src/prm/score/step-scorer.ts'
import { once, resolve } from '../src/recipe.ts'
import purePrmVr from '../src/recipes/pure-prm-vr.ts'
import { needsOf } from '../src/train/needs.ts'
import { problems, toyPolicy, toySampler } from './toy.ts'

/** An engine whose requests end one by one, the last of them first, each when it is let. */
function oneByOne(engine: Engine, let_P: (p: number) => Promise<void>): Engine {
  return new Proxy(engine, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target)
      if (name !== 'sample') return typeof value === 'function' ? value.bind(target) : value
      return async (...[requests, { arrived, ...options }]: Parameters<Engine['sample']>) => {
        const all = await target.sample(requests, options)
        for (let p = requests.length - 1; p >= 0; p--) {
          await let_P(p)
          arrived?.(p, all[p]!)
        }
        return all
      }
    },
  })
}

async function learned(separate: boolean) {
  const told: string[] = []
  const judge: StepScorer = {
    name: 'a served judge',
    ...{ range: [-1, 1], threshold: 0, aggregation: 'min', separate },
    score: async solutions => {
      told.push(`judge ${[...new Set(solutions.map(({ problem }) => problem.id))]}`)
      return solutions.map(({ steps }) => steps.map(text => (text.includes('bad') ? -0.9 : 0.9)))
    },
    close: async () => {},
  }
  const policy = toyPolicy(3)
  const engine = oneByOne(policy, async p => {
    await new Promise(resolve => setTimeout(resolve, 1))
    told.push(`sampled q${p}`)
  })
  const needs = needsOf(
    purePrmVr,
    {},
    {
      sampler: toySampler(engine),
      judge: { rewards: rolloutRewards(judge), scorer: judge },
    },
  )
  const method = purePrmVr.build(resolve(purePrmVr, { groupSize: '4', klCoef: '0' }), needs, once)
  const done = await iterate(method, problems, { policy, reference: null, learningRate: 0.05 }, 5)
  return { told, done, weights: policy.table.values }
}

test('a judge that is asked of each solution alone begins with the first group', async () => {
  const [early, late] = [await learned(true), await learned(false)]
  const groups = [3, 2, 1, 0]
  expect(early.told).toEqual(groups.flatMap(p => [`sampled q${p}`, `judge q${p}`]))
  expect(late.told).toEqual([...groups.map(p => `sampled q${p}`), 'judge q0,q1,q2,q3'])
  expect(early.done).toEqual(late.done)
  expect(early.weights).toEqual(late.weights)
})
