import { expect, test } from 'vitest'
import { random } from '../../src/numbers/random.ts'
import type { Ask } from '../../src/rewards/remote/chat.ts'
import { routed } from '../../src/rewards/routed.ts'
import { earlyDomains } from '../../src/rollouts/early-domains.ts'
import type { Group, Problem } from '../../src/types.ts'
import { exampleGroup } from '../example-groups.ts'

const asked: string[] = []
const marking =
  (said: string): Ask =>
  async ([message], read) => {
    asked.push(message!.content)
    return read(said)
  }
const outcomesOf = async (
  outcome_G: (number | null)[],
  problem: Partial<Problem>,
  said: string,
) => {
  const group: Group = exampleGroup(...outcome_G.map(() => [1]))
  const given = { ...group, problem: { ...group.problem, ...problem } }
  const [found] = await routed(async () => [{ outcome_G }], marking(said), 1)([given])
  return found!.outcome_G
}

test('what is verified is not asked about; the rest is compared with its reference (arXiv:2503.22230, section 3.1)', async () => {
  const meta = { reference: 'Rest well.' }
  expect(await outcomesOf([1, 0], { meta }, '\\boxed{10}')).toEqual([1, 0])
  expect(asked).toEqual([])
  const [good, verified] = await outcomesOf([null, 0], { meta }, 'As good: \\boxed{10}')
  expect([good, verified]).toEqual([1, 0])
  expect(asked[0]).toContain('<reference>\nRest well.\n</reference>')
  const parity = await outcomesOf([null, null], { solution: ['so', 'it is'] }, '\\boxed{5}')
  expect(parity[0]).toBeCloseTo(4 / 9, 9)
  expect(asked.at(-1)).toContain('so\n\nit is')
  expect(await outcomesOf([null], {}, '\\boxed{5}')).toEqual([null]) // no reference
  expect(await outcomesOf([null], { meta }, 'hm')).toEqual([null]) // no mark
})

test('the first fifth of a run has early domains before any other; later they come as they are drawn', () => {
  const draw = random(5)
  const names = ['math', 'chat', 'code', 'law']
  for (let round = 0; round < 50; round++) {
    const drawn: string[] = []
    const next = (): Problem => {
      const domain = names[Math.floor(names.length * draw())]!
      drawn.push(domain)
      return { id: `${drawn.length}`, prompt: '', answer: null, solution: null, meta: { domain } }
    }
    const domains = ['math', 'code']
    const of = (iteration: number) =>
      earlyDomains({ field: 'domain', domains, until: 0.2 }, { iteration, iterations: 10 })
    const chosen = of(2)(next, 6).map(({ meta }) => String(meta.domain))
    const wanted = drawn.filter(one => domains.includes(one))
    expect(chosen).toHaveLength(6)
    expect(chosen.filter(one => domains.includes(one))).toEqual(wanted.slice(0, 6))
    expect(drawn.length).toBeLessThanOrEqual(24)
    drawn.length = 0
    expect(of(3)(next, 6).map(({ meta }) => String(meta.domain))).toEqual(drawn)
  }
})
