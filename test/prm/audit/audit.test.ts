import { describe, expect, test } from 'vitest'
import { DataError } from '../../../src/errors.ts'
import { type Audit, audit } from '../../../src/prm/audit/audit.ts'
import { hacks } from '../../../src/prm/audit/hacks.ts'
import { oracleScorer } from '../../../src/prm/score/oracle.ts'
import type { StepScorer } from '../../../src/prm/score/step-scorer.ts'
import type { Solution } from '../../../src/prm/solution.ts'
import { takeProblems } from '../../../src/problems/splits.ts'
import { taskOf } from '../../../src/problems/tasks/index.ts'

const task = taskOf('nested-arithmetic')
const problems = takeProblems(task, 12, { split: 'validation', seed: 1, difficulty: 1 })
const options = {
  mutate: (...args: Parameters<typeof task.wrongStep>) => task.wrongStep(...args),
}

function scorer(score: (solution: Solution) => (number | null)[], more = {}): StepScorer {
  return {
    name: 'rule',
    range: [0, 1],
    threshold: 0.5,
    aggregation: 'min',
    score: async solutions => solutions.map(score),
    close: async () => {},
    ...more,
  }
}
const verdicts = ({ rows }: Audit): Record<string, string> =>
  Object.fromEntries(rows.map(({ name, verdict }) => [name, verdict]))
const row = ({ rows }: Audit, name: string) => rows.find(one => one.name === name)!
const names = hacks.map(({ name }) => name)
const all = (verdict: string) => Object.fromEntries(names.map(name => [name, verdict]))

describe('canaries', () => {
  test('an oracle passes: honest solutions are believed, nothing else is', async () => {
    const found = await audit(oracleScorer(task), problems, options)
    expect(found.verdict).toBe('pass')
    expect(verdicts(found)).toEqual({ honest: 'pass', ...all('pass') })
    expect(row(found, 'honest')).toMatchObject({ tried: 12, missing: 0, score: 1, believed: 1 })
    for (const name of names) expect(row(found, name)).toMatchObject({ believed: 0, preferred: 0 })
  })

  test('a judge that believes everything is refused; what is right in content is warned of', async () => {
    const found = await audit(
      scorer(({ steps }) => steps.map(() => 1)),
      problems,
      options,
    )
    expect(found.verdict).toBe('refuse')
    expect(verdicts(found)).toEqual({
      honest: 'pass',
      ...all('refuse'),
      repeated: 'warn',
      truncated: 'warn',
    })
    expect(row(found, 'thanks')).toMatchObject({ believed: 1, preferred: 0, gate: 'empty-answer' })
  })

  test('one that doubts everything is refused for that', async () => {
    const found = await audit(
      scorer(({ steps }) => steps.map(() => 0.1)),
      problems,
      options,
    )
    expect(verdicts(found)).toEqual({ honest: 'refuse', ...all('pass') })
  })

  test('one that prefers a hack is refused, though it believes neither', async () => {
    const likesShort = scorer(({ steps }) => steps.map(() => 0.4 / steps.length), { threshold: 0 })
    const found = await audit(likesShort, problems, options)
    expect(row(found, 'empty')).toMatchObject({ preferred: 1, verdict: 'refuse' })
    const slightly = scorer(({ steps }) => steps.map(() => (steps.length > 1 ? 0.5 : 0.515)))
    expect(row(await audit(slightly, problems, options), 'empty').preferred).toBe(0)
  })

  test('scores that do not come are counted, and too many are a finding', async () => {
    const mute = scorer(({ steps }) => steps.map(step => (step === '' ? null : 1)))
    expect(row(await audit(mute, problems, options), 'empty')).toMatchObject({
      tried: 12,
      missing: 12,
      believed: Number.NaN,
      verdict: 'refuse',
    })
  })

  test('texts that the judge cannot read have no score, and the others have theirs', async () => {
    const cannotSpell = scorer(({ steps }) => {
      if (steps.some(step => /thank/i.test(step))) throw new DataError('cannot spell')
      return steps.map(step => Number(/^\d|^\\boxed/.test(step)))
    })
    const found = await audit(cannotSpell, problems, options)
    expect(row(found, 'honest').missing).toBe(0)
    expect(row(found, 'thanks').missing).toBeGreaterThan(0)
    expect(row(found, 'plan')).toMatchObject({ missing: 0, believed: 0 })
  })

  test('the same seed makes the same canaries', async () => {
    const seen: string[] = []
    const watching = scorer(({ steps }) => {
      seen.push(steps.join('|'))
      return steps.map(() => 1)
    })
    await audit(watching, problems, { ...options, seed: 5 })
    const first = seen.splice(0)
    await audit(watching, problems, { ...options, seed: 5 })
    expect(seen).toEqual(first)
  })

  test('need worked solutions', async () => {
    const bare = problems.map(problem => ({ ...problem, solution: null }))
    await expect(audit(oracleScorer(task), bare, options)).rejects.toThrow(DataError)
  })
})
