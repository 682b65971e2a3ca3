import { describe, expect, test } from 'vitest'
import { explainedOf } from '../../page/explained.ts'
import { combine } from '../../src/advantages/combine.ts'
import { eq7 } from '../../src/advantages/eq7.ts'
import { none } from '../../src/advantages/none.ts'
import { centreOf, pooled, spreadOf } from '../../src/advantages/whiten.ts'
import { softMin } from '../../src/credit/soft-min.ts'
import { replay } from '../../src/explain/replay.ts'
import { offeredBaselines, offeredCredits, usualChoice } from '../../src/explain/rules.ts'
import { whyToken } from '../../src/explain/token.ts'
import { type Recorded, recordedSetup, type Setup, whatIf } from '../../src/explain/what-if.ts'
import { written } from '../../src/groups/written.ts'
import { recipes } from '../../src/recipes/index.ts'
import { lookedAt } from '../../src/train/looked-at.ts'
import { groupAnswer } from '../../src/view/groups.ts'
import { recorded } from './recorded.ts'

/** An iteration of a recipe again, and its groups as a page is told of them. */
async function toldGroups(name: string) {
  const recipe = recipes.find(one => one.name === name)!
  const { options, maxTokens, rows } = await recorded(recipe)
  const again = replay(lookedAt(recipe, options, maxTokens), rows, 1)
  const more = { maxTokens, spell: null, replay: again, why: null }
  const groups = again.rows_P.map(own => {
    const all = rows.filter(row => row.group === own[0]!.group)
    return explainedOf(JSON.parse(JSON.stringify(groupAnswer(all, more))))!
  })
  return { again, groups, maxTokens }
}

const numbers = (of_G_T: readonly Float32Array[]): number[][] =>
  of_G_T.map(of_T => Array.from(of_T, x => x + 0)) // JSON has no -0

function changed(setup: Setup, stream: string, change: Partial<Setup['streams'][string]>): Setup {
  return {
    ...setup,
    streams: { ...setup.streams, [stream]: { ...setup.streams[stream]!, ...change } },
  }
}

describe.each(
  'pure-prm-vr pure-verl pure-vr sum-form grpo dr-grpo rloo dapo ppo reinforce-plus-plus tree-rpo'.split(
    ' ',
  ),
)('%s', name => {
  test('with nothing changed the advantages are those of the run, to the last bit', async () => {
    const { again, groups } = await toldGroups(name)
    for (const [p, one] of groups.entries()) {
      const setup = recordedSetup(one)!
      const found = whatIf(one, setup)
      expect(numbers(found.advantages_P_G_T[0]!)).toEqual(numbers(again.advantages_P_G_T[p]!))
      expect(found.trace.whitening).toEqual(again.trace!.whitening)
    }
  })
})

describe('pure-prm-vr', async () => {
  const { again, groups, maxTokens } = await toldGroups('pure-prm-vr')
  const one = groups[1]!
  const setup = recordedSetup(one)!

  test('its setup is known', () => {
    expect(setup).toEqual({
      streams: {
        process: {
          credit: { rule: 'soft minimum', options: { temperature: 0.1 } },
          baseline: { rule: 'tokens to come', options: { maxTokens } },
          weight: 1,
        },
        outcome: {
          credit: { rule: 'outcome', options: {} },
          baseline: { rule: 'leave one out', options: {} },
          weight: 1,
        },
        kl: {
          credit: { rule: 'KL to come', options: { coefficient: 0, estimator: 'k1' } },
          baseline: { rule: 'no baseline', options: {} },
          weight: 1,
        },
      },
      maskClosing: true,
      whiten: 'openrlhf',
    })
    const { rules, refused } = offeredCredits(one.group, one.rewards, { parts: [], maxTokens })
    expect(rules).toContain('worst step')
    expect(rules).not.toContain('KL to come')
    expect(Object.fromEntries(refused.map(({ rule, why }) => [rule, why]))).toMatchObject({
      'KL to come': 'the group has no log-ratios to the reference',
      'lambda-returns': 'the group has no log-ratios to the reference, and no values of a critic',
      'near misses': 'the group has no part error',
      'path credit': expect.stringContaining('worked solution'),
    })
  })

  test('another temperature gives what the whole batch would have, the other groups as they were', () => {
    const credit = { rule: 'soft minimum', options: { temperature: 0.7 } }
    const found = whatIf(one, changed(setup, 'process', { credit }))
    const p = 1
    const process = softMin({ temperature: 0.7 })(again.groups_P[p]!, again.rewards_P[p] as never)
    const streams_P = again.streams_P.map((streams, i) =>
      i === p ? { ...streams, process } : streams,
    )
    const parts = again.trace!.parts
    // The other baselines are of single groups, so that what they gave stands.
    const whole = combine(
      {
        process: { baseline: eq7({ maxTokens }), weight: 1 },
        outcome: {
          baseline: group => parts.outcome!.advantages_P_G_T[again.groups_P.indexOf(group)]!,
          weight: 1,
        },
        kl: { baseline: none(), weight: 1 },
      },
      { maskClosing: true, whiten: 'openrlhf' },
    )({ ...again, streams_P: streams_P as never })
    const expected = whole.advantages_P_G_T[p]!
    for (const [g, found_T] of found.advantages_P_G_T[0]!.entries())
      for (const [t, a] of found_T.entries()) expect(a).toBeCloseTo(expected[g]![t]!, 6)
    expect(numbers(found.advantages_P_G_T[0]!)).not.toEqual(numbers(one.advantages_P_G_T[0]!))
    expect(whyToken(found, 0, 0, 0).shares![0]!.creditBy!.formula).toContain('softmax(-r / 0.7)')
  })

  test('a group and the others say of the whitening what the batch does', () => {
    for (const form of ['verl', 'openrlhf'] as const) {
      const all = again.groups_P.map(({ rollouts }, p) =>
        rollouts.map((rollout, g) => ({
          kept_T: again.trace!.kept_P_G_T[p]![g]!,
          masked_T: again.trace!.masked_P_G_T[p]![g]!,
          written_T: written(rollout),
        })),
      )
      const of = (some: (typeof all)[number]) =>
        spreadOf(
          form,
          some,
          some.map(({ kept_T }) => kept_T),
        )
      const whole = centreOf(form, of(all.flat()))
      for (const [p, group] of groups.entries()) {
        const found = centreOf(form, pooled(of(all[p]!), group.others![form]))
        expect(found.mean).toBeCloseTo(whole.mean, 12)
        expect(found.deviation).toBeCloseTo(whole.deviation, 12)
      }
    }
  })

  test('another score of a step moves the tokens that are credited with it, and others by the baseline', () => {
    const steps_G_S = one.rewards.steps_G_S!.map((scores, g) =>
      g === 0 ? scores!.map(() => 0.9) : scores,
    )
    const found = whatIf(one, setup, { ...one.rewards, steps_G_S })
    const [before, after] = [one, found].map(({ advantages_P_G_T }) =>
      advantages_P_G_T[0]!.map(a => a[0]!),
    )
    expect(after![0]).not.toBe(before![0])
    expect(after![1]).not.toBe(before![1])
    expect(whyToken(found, 0, 0, 0).rewards.step).toBeCloseTo(0.9)
  })

  test('every rule that is offered can be taken, and leaves no number out', () => {
    const given = { parts: [], maxTokens }
    for (const rule of offeredCredits(one.group, one.rewards, given).rules)
      for (const baseline of offeredBaselines.rules) {
        const [credit, by] = [usualChoice(rule, given), usualChoice(baseline, given)]
        const { advantages_P_G_T } = whatIf(
          one,
          changed(setup, 'process', { credit, baseline: by }),
        )
        expect(advantages_P_G_T[0]!.every(a => a.every(Number.isFinite))).toBe(true)
      }
    for (const whiten of ['none', 'verl', 'openrlhf'] as const) {
      const { trace, advantages_P_G_T } = whatIf(one, { ...setup, whiten, maskClosing: false })
      expect(trace.whitening.form).toBe(whiten)
      if (whiten === 'none') expect(advantages_P_G_T[0]).toEqual(trace.kept_P_G_T[0])
    }
  })

  test('options that a rule refuses are refused', () => {
    const credit = { rule: 'soft minimum', options: { temperature: 0 } }
    expect(() => whatIf(one, changed(setup, 'process', { credit }))).toThrow('temperature')
  })

  test('a rule that gives other numbers than the recorded ones is not taken for theirs', () => {
    const wrong = one.streams_P[0]!.process!.map(returns_T => returns_T!.map(x => x + 1))
    const streams_P: Recorded['streams_P'] = [{ ...one.streams_P[0], process: wrong }]
    const found = recordedSetup({ ...one, streams_P })!.streams.process!
    expect(found).toMatchObject({ credit: null, baseline: null })
  })
})
