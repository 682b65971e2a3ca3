import { expect, test } from 'vitest'
import { likelihoodReport, ownLogprob, readBy } from '../../src/eval/likelihood.ts'
import { independent } from '../../src/rollouts/independent.ts'
import { exampleRollout, f32 } from '../example-groups.ts'
import { problems, toyPolicy, toySampler } from '../toy.ts'

test('a policy finds its own samples as likely as when it drew them; another one less so', async () => {
  const policy = toyPolicy(1)
  const groups = await independent(toySampler(policy), 6)(problems, 5)
  const rollouts = groups.flatMap(group => group.rollouts)
  const [own, other] = [await readBy(policy, rollouts), await readBy(toyPolicy(2), rollouts)]
  const sum = (of: typeof own) => of.reduce((all, { logprob }) => all + logprob!, 0)
  for (const [g, rollout] of rollouts.entries())
    expect(own[g]!.logprob).toBeCloseTo(ownLogprob(rollout)!, 5)
  expect(sum(other)).toBeLessThan(sum(own))
})

test('only what the policy wrote counts; what is not known is null', () => {
  const spans = [
    { start: 0, end: 2, role: 'policy' as const },
    { start: 2, end: 3, role: 'tool' as const },
  ]
  const rollout = { ...exampleRollout([3], spans), logprobs_T: f32(-1, -3, -50) }
  expect(ownLogprob(rollout)).toBeCloseTo(-2, 6)
  expect(ownLogprob({ ...rollout, logprobs_T: f32(-1, Number.NaN, -1) })).toBeNull()
  expect(ownLogprob(exampleRollout([]))).toBeNull()
})

test('medians of perplexities, right and wrong apart, beside the own samples of the other model (arXiv:2504.13837, section 3.2)', () => {
  const logs = (...perplexities: number[]) => perplexities.map(x => -Math.log(x))
  const [a, b, c] = logs(2, 4, 8)
  const found = likelihoodReport(
    [
      { own: a!, other: a!, right: true },
      { own: a!, other: b!, right: true },
      { own: null, other: c!, right: false },
      { own: a!, other: null, right: false },
    ],
    logs(3, 3, 5, 7),
  )
  expect(found.samples).toBe(3)
  for (const [name, value] of Object.entries({ own: 2, other: 4, right: Math.sqrt(8), wrong: 8 }))
    expect(found[name as 'own']).toBeCloseTo(value, 9)
  expect(found.theirs).toBeCloseTo(Math.sqrt(15), 9)
  expect(found.within).toBeCloseTo(2 / 3, 12) // 8 is rarer than the twentieth of 3, 3, 5, 7
  expect(likelihoodReport([])).toEqual({
    ...{ samples: 0, own: null, other: null, right: null, wrong: null, theirs: null, within: null },
  })
})
