import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as advantages from '../../src/advantages/index.ts'
import * as credit from '../../src/credit/index.ts'
import {
  baselineBy,
  choiceOf,
  creditBy,
  offeredBaselines,
  offeredCredits,
  usualChoice,
  wordsOf,
} from '../../src/explain/rules.ts'

/** What the folders export beside rules, and baselines: what builds or feeds them. */
const helpers = {
  credit: 'blendOf nextBlend fittedValues overCritic stepValues pathScore streams'.split(' '),
  advantages: 'combine nextLosses trackedQuantiles usualRanks usualSpread'.split(' '),
}

const camel = (name: string): string =>
  name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())

const rollout = (text: string) => ({
  promptIds: new Int32Array(1),
  ids: Int32Array.from([3, 4, 5, 6]),
  logprobs_T: new Float32Array(4),
  sampledLogprobs_T: new Float32Array(4),
  stop: 'stop' as const,
  weightVersion: 0,
  text,
  steps: [
    { start: 0, end: 2, text: 'a', state: 'complete' as const },
    { start: 2, end: 4, text: 'b', state: 'complete' as const },
  ],
  spans: [{ role: 'policy' as const, start: 0, end: 4 }],
  branch: null,
})
const group = {
  problem: { id: 'p', prompt: 'p', answer: null, solution: null, meta: {} },
  rollouts: [rollout('\\boxed{1}'), rollout('\\boxed{2}'), rollout('none')],
}
const each = <T>(of: (g: number) => T): T[] => [0, 1, 2].map(of)
const names = 'confidence equations error gain hard others schema significant soft texts'.split(' ')
const rewards = {
  outcome_G: [1, 0, 0],
  steps_G_S: each(g => Float32Array.from([0.5, g - 0.5])),
  logRatios_G_T: each(g => new Float32Array(4).fill(0.1 * g)),
  values_G_T: each(g => new Float32Array(4).fill(g)),
  tokens_G_T: each(g => new Float32Array(4).fill(g)),
  entropies_G_T: each(() => new Float32Array(4)),
  parts_G: Object.fromEntries(names.map(name => [name, [0.1, 0.2, 0.3]])),
}
const given = { parts: names, maxTokens: 8 }

test.each(Object.entries({ credit, advantages }))(
  'whatever %s exports says how it is tried, or why it cannot be',
  (folder, index) => {
    const silent = Object.entries(index).flatMap(([name, exported]) =>
      typeof exported === 'function' && !('trial' in exported) ? [name] : [],
    )
    expect(silent.sort()).toEqual([...helpers[folder as keyof typeof helpers]].sort())
    const files = readdirSync(`src/${folder}`).map(name => camel(name.slice(0, -'.ts'.length)))
    const inner = ['index', 'followed', 'penalties', 'siblings', 'steps', 'whiten', 'recentWeights']
    expect(files.filter(name => !inner.includes(name) && !(name in index))).toEqual([])
  },
)

test('where all is recorded, every rule of credit is offered but those that need more than a group', () => {
  const { rules, refused } = offeredCredits(group, rewards, given)
  expect(refused.map(({ rule }) => rule).sort()).toEqual(['blended', 'path credit'])
  expect(rules.length).toBeGreaterThan(33)
  expect(new Set(rules).size).toBe(rules.length)
})

test('a rule and a baseline are built again from what their formulas say', () => {
  for (const rule of offeredCredits(group, rewards, given).rules) {
    const choice = usualChoice(rule, given)
    const built = creditBy(choice)
    expect(choiceOf(built.formula)).toEqual(choice)
    const returns_G = built(group, rewards)
    expect(creditBy(choiceOf(built.formula)!)(group, rewards)).toEqual(returns_G)
    for (const baseline of offeredBaselines.rules) {
      const by = baselineBy(usualChoice(baseline, given))
      expect(choiceOf(by.formula)).toEqual(usualChoice(baseline, given))
      expect(
        by(group, returns_G)
          .flatMap(of_T => [...of_T])
          .every(Number.isFinite),
      ).toBe(true)
    }
  }
  expect(offeredBaselines.rules.length).toBe(14)
})

test('a setting that is a word has its words', () => {
  expect(wordsOf('a part', 'name', given)).toEqual(names)
  expect(wordsOf('chances of the steps', 'placement', given)).toContain('product')
  expect(wordsOf('soft minimum', 'temperature', given)).toBeNull()
})

test('what a group lacks is said by its name', () => {
  const bare = { outcome_G: [null, null, null] }
  const { rules, refused } = offeredCredits(group, bare, { parts: [], maxTokens: 8 })
  expect(rules).toEqual([])
  const why = Object.fromEntries(refused.map(one => [one.rule, one.why]))
  expect(why.outcome).toBe('the group has no outcomes')
  expect(why['soft minimum']).toBe('the group has no scores of steps')
  expect(why['a part']).toBe('the group has no named part')
  for (const { why } of refused) expect(why).not.toMatch(/undefined|not iterable|cannot read/i)
})
