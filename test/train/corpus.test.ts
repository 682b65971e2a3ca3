import { describe, expect, test } from 'vitest'
import { taskOf } from '../../src/problems/tasks/index.ts'
import { fileCorpus, taskCorpus } from '../../src/train/corpus.ts'
import type { Problem } from '../../src/types.ts'

function take(problems: Iterator<Problem, never>, count: number): Problem[] {
  return Array.from({ length: count }, () => problems.next().value)
}

const written = (i: number, answer: string | null = String(i)): Problem => ({
  id: `p${i}`,
  prompt: `What is ${i} + 0?\n\n`,
  answer,
  solution: [`${i} + 0 = ${i}`, `\\boxed{${i}}`],
  meta: {},
})

describe('a task', () => {
  const corpus = taskCorpus(taskOf('nested-arithmetic'), 1)

  test('learns, chooses and reports on different problems, whatever the seed', () => {
    const learned = new Set(
      [1, 2].flatMap(seed => take(corpus.train(seed), 500).map(p => p.prompt)),
    )
    for (const p of take(corpus.solved(3), 500)) learned.add(p.prompt)
    const held = [...corpus.validation(100), ...corpus.test(100)].map(p => p.prompt)
    expect(held.filter(prompt => learned.has(prompt))).toEqual([])
    expect(new Set(held).size).toBe(200)
  })

  test('has no size, and is the same when only what fits is asked for', () => {
    expect(corpus.size).toBe(0)
    expect(
      corpus.only(
        () => false,
        () => 'too long',
      ),
    ).toBe(corpus)
  })

  test('its solutions are right by its own oracle, and a mutation is wrong', () => {
    const [problem] = take(corpus.solved(1), 1) as [Problem]
    expect(corpus.oracle?.(problem, problem.solution!).every(v => v.right)).toBe(true)
  })
})

describe('a file', () => {
  const problems = Array.from({ length: 200 }, (_, i) =>
    written(i, i % 50 === 0 ? null : String(i)),
  )

  test('is split by its text into disjoint parts that cover it', () => {
    const corpus = fileCorpus('f', problems, null)
    const parts = [corpus.validation(999), corpus.test(999)]
    const learned = new Set(take(corpus.train(1), 600).map(p => p.prompt))
    const held = parts.flat().map(p => p.prompt)
    expect(held.some(prompt => learned.has(prompt))).toBe(false)
    expect(learned.size + held.length).toBe(200)
  })

  test('with a test file of its own keeps a tenth for validation and reports on that file', () => {
    const own = [written(1000), written(1001, '')]
    const corpus = fileCorpus('f', problems, own)
    expect(corpus.test(10)).toEqual(own)
    const learned = new Set(take(corpus.train(1), 600).map(p => p.prompt))
    expect(learned.size + corpus.validation(999).length).toBe(200)
    expect(corpus.ungradable).toBe(5)
  })

  test('goes through all of its problems before one comes again', () => {
    const corpus = fileCorpus('f', problems, [written(1000)])
    const size = 200 - corpus.validation(999).length
    expect(new Set(take(corpus.train(7), size).map(p => p.id)).size).toBe(size)
  })

  test('of only the problems that fit, in its own problems and in those of the test file', () => {
    const even = ({ id }: Problem): boolean => Number(id.slice(1)) % 2 === 0
    const whole = fileCorpus('f', problems, [written(1000), written(1001)])
    const corpus = whole.only(even, () => 'odd')
    expect([whole.size, corpus.size]).toEqual([202, 101])
    expect(corpus.test(10)).toEqual([written(1000)])
    expect(corpus.validation(999)).toEqual(whole.validation(999).filter(even))
    expect(take(corpus.train(1), 200).every(even)).toBe(true)
    expect(() =>
      whole
        .only(
          () => false,
          () => 'too long',
        )
        .train(1),
    ).toThrow('f: of 200 problems, of which 200 are left out (too long), none is left to learn')
  })

  test('without worked solutions has none to imitate, and says so', () => {
    const bare = problems.map(p => ({ ...p, solution: null }))
    expect(() => fileCorpus('f', bare, null).solved(1).next()).toThrow(
      /f: of 200 problems none .*solution/,
    )
  })
})
