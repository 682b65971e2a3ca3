// Known answers of public problem sets: each is itself, is itself rewritten, and is no other answer.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { measureHostile } from '../../../bench/grade.ts'
import { changes, rewrites } from '../../../bench/rewrites.ts'
import { grade } from '../../../src/rewards/grade/grade.ts'

const sets = JSON.parse(readFileSync('test/fixtures/known-answers/answers.json', 'utf8')) as Record<
  string,
  string[]
>

const answer = (gold: string, pred: string | null) => grade({ gold, pred, mode: 'answer' }).correct

test.each(Object.entries(sets))(
  '%s',
  (_, golds) => {
    const gradable = golds.filter(gold => answer(gold, null) !== null)
    expect(gradable.length / golds.length).toBeGreaterThanOrEqual(0.99)
    expect(gradable.filter(gold => !answer(gold, gold))).toEqual([])
    expect(judged(gradable, rewrites).filter(([, , correct]) => !correct)).toEqual([])
    expect(judged(gradable, changes).filter(([, , correct]) => correct)).toEqual([])
  },
  300_000,
)

test('hostile texts cost little and are never right', () => {
  const report = measureHostile(150)
  expect(report).toMatchObject({ accepted: 0, thrown: 0 })
  expect(report.processorSeconds).toBeLessThan(20)
  expect(report.grownMB).toBeLessThan(200)
}, 300_000)

function judged(golds: readonly string[], rules: typeof rewrites) {
  return golds.flatMap(gold =>
    Object.values(rules)
      .map(rule => rule(gold))
      .filter(pred => pred !== null)
      .map(pred => [gold, pred, answer(gold, pred)] as const),
  )
}
