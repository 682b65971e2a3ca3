import { describe, expect, test } from 'vitest'
import { accuracy } from '../../src/eval/accuracy.ts'
import { averageAtN } from '../../src/eval/pass-at-k.ts'
import { iterate } from '../../src/iterate.ts'
import { once, resolve } from '../../src/recipe.ts'
import pureVr from '../../src/recipes/pure-vr.ts'
import { beam } from '../../src/search/beam.ts'
import { bestOfN } from '../../src/search/best-of-n.ts'
import { explore } from '../../src/search/explore.ts'
import type { PathJudge } from '../../src/search/judging.ts'
import { particles } from '../../src/search/particles.ts'
import type { Search } from '../../src/search/search.ts'
import { problems, toyNeeds, toyPolicy, toySampler } from '../toy.ts'

/** It knows that `bad` is a wrong step, and no answer. */
const judge: PathJudge = {
  name: 'rule',
  scores: async asked =>
    asked.map(({ path, known }) =>
      path.steps.slice(known.length).map(({ text }) => (text.includes('bad') ? -0.9 : 0.9)),
    ),
}

describe('a search as the rollouts of a recipe', () => {
  test.each<readonly [string, Search]>([
    ['best of n', bestOfN({ n: 16 })],
    ['a beam', beam({ n: 32, width: 2 })],
    ['particles', particles({ n: 16 })],
  ])('%s: the policy learns from what it finds', async (_, search) => {
    const policy = toyPolicy(3)
    const sampler = toySampler(policy)
    const options = resolve(pureVr, { groupSize: '16', klCoef: '0', maskClosing: 'false' })
    const method = {
      ...pureVr.build(options, toyNeeds(policy), once),
      rollouts: explore(search, { sampler, judge }),
    }
    const right = async () => averageAtN((await accuracy(sampler, problems, { n: 64 })).tally_P)
    const before = await right()
    for (let iteration = 1; iteration <= 100; iteration++) {
      const learner = { policy, reference: null, learningRate: 0.2 }
      const done = await iterate(method, problems, learner, iteration)
      for (const { rollouts } of done.groups_P)
        for (const { spans, ids, stop } of rollouts) {
          expect(spans).toEqual([{ start: 0, end: ids.length, role: 'policy' }])
          expect(['stop', 'length']).toContain(stop)
        }
    }
    expect(policy.version).toBeGreaterThan(10)
    expect(before).toBeLessThan(0.35)
    expect(await right()).toBeGreaterThan(before + 0.3)
  })
})

test('the same seed explores the same, another one something else', async () => {
  const services = { sampler: toySampler(toyPolicy(3)), judge }
  const find = explore(beam({ n: 8, width: 4 }), services)
  expect(await find(problems, 1)).toEqual(await find(problems, 1))
  expect(await find(problems, 2)).not.toEqual(await find(problems, 1))
})
