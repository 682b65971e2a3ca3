// What holds of every procedural task, whatever is drawn and whatever text is judged.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { random } from '../../../src/numbers/random.ts'
import { malformedSentences } from '../../../src/problems/malformed.ts'
import { splitOf, takeProblems } from '../../../src/problems/splits.ts'
import { tasks } from '../../../src/problems/tasks/index.ts'
import type { TaskFamily } from '../../../src/problems/tasks/task.ts'
import { grade } from '../../../src/rewards/grade/grade.ts'
import { tokenizerFrom } from '../../../src/tokenizer/load.ts'
import { trainBpe } from '../../../src/tokenizer/train-bpe.ts'

const seed = fc.integer({ min: 0, max: 2 ** 31 })
const difficulty = fc.integer({ min: 0, max: 3 })
const solved = (task: TaskFamily, name: number, level: number) => {
  const problem = task.generate(random(name), level)
  return { problem, solution: problem.solution! }
}

describe.each([...tasks.values()])('$name', task => {
  test('a problem’s own solution is right step by step, and graded right', () => {
    fc.assert(
      fc.property(seed, difficulty, (name, level) => {
        const { problem, solution } = solved(task, name, level)
        const verdicts = task.oracle(problem, solution)
        expect(verdicts.every(({ right, why }) => right === true && why === 'right')).toBe(true)
        expect(verdicts.at(-1)!.kind).toBe('answer')
        expect(grade({ gold: problem.answer, pred: solution.join('\n\n') }).correct).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  test('a wrong step is judged wrong at every place, whatever its kind', () => {
    fc.assert(
      fc.property(seed, difficulty, fc.constantFrom(...task.mistakeKinds), (name, level, kind) => {
        const { problem, solution } = solved(task, name, level)
        const draw = random(name, 'mistake')
        solution.forEach((_, index) => {
          const before = solution.slice(0, index)
          const any = task.mistake(problem, solution, index, draw)!
          expect(task.wrongStep(problem, solution, index, draw)).not.toBeNull()
          const one = task.mistake(problem, solution, index, draw, kind)
          expect(one?.kind ?? kind).toBe(kind)
          for (const { text } of one ? [any, one] : [any]) {
            const rights = task.oracle(problem, [...before, text, text]).map(({ right }) => right)
            expect([text, rights]).toEqual([text, [...before.map(() => true), false, null]])
          }
        })
      }),
      { numRuns: 60 },
    )
  })

  test('every kind of mistake comes about', () => {
    const draw = random(1, 'kinds')
    const found = new Set<string>()
    for (let i = 0; i < 60; i++) {
      const { problem, solution } = solved(task, i, i % 4)
      solution.forEach((_, index) => {
        for (const kind of task.mistakeKinds.filter(one => !found.has(one)))
          if (task.mistake(problem, solution, index, draw, kind)) found.add(kind)
      })
    }
    expect(found).toEqual(new Set(task.mistakeKinds))
    for (const kind of ['carry', 'dropped', 'copied', 'skipped', 'repeated', 'early-stop'])
      expect(found).toContain(kind)
  })

  test('no text throws: random, hostile, or cut out of a solution', () => {
    const hostile = fc.constantFrom(
      ...['\0', '\\boxed{', '\\boxed{}', '\\boxed{-0}', '\\boxed{1e9}', '__proto__', '𝟙+1=2'],
      ...['(', ')'].map(one => one.repeat(5000)),
      ...['9', 'a', 'a ', ' ', '1+'].map(one => one.repeat(20_000)),
      'Find the constructor.',
      'toString: 1+1=2 dollars',
    )
    const text = fc.oneof(fc.string({ unit: 'grapheme' }), hostile)
    const cut = fc.tuple(fc.nat(400), fc.nat(400))
    fc.assert(
      fc.property(seed, difficulty, fc.array(text, { maxLength: 3 }), cut, (...drawn) => {
        const [name, level, texts, [from, length]] = drawn
        const { problem, solution } = solved(task, name, level)
        const piece = solution.join('\n\n').slice(from, from + length)
        const steps = [...texts, piece, ...solution]
        const verdicts = task.oracle(problem, steps)
        expect(verdicts).toHaveLength(steps.length)
        const first = verdicts.findIndex(one => one.right !== true)
        if (first >= 0) {
          expect(verdicts[first]!.right).toBe(false)
          expect(verdicts.slice(first + 1).every(one => one.right === null)).toBe(true)
        }
        task.rightSteps(problem, steps)
        task.wrongStep(problem, steps, texts.length, random(name))
      }),
      { numRuns: 100 },
    )
  })
})

const stories = ['money-problems', 'plan-and-solve'].map(name => tasks.get(name)!)

describe.each(stories)('stories of $name', task => {
  test.each([0, 1, 2, 3])('are nearly all different at difficulty %i', level => {
    const draw = random(1, 'distinct')
    const prompts = Array.from({ length: 3000 }, () => task.generate(draw, level).prompt)
    // 3,000 draws of more than 100,000 equally likely problems repeat fewer than 45 of them.
    expect(new Set(prompts).size).toBeGreaterThan(2955)
  })

  test('are split by their text, whatever the seed', () => {
    const of = (split: 'train' | 'test', name: number) =>
      takeProblems(task, 200, { split, seed: name, difficulty: 0 }).map(one => one.prompt)
    const train = new Set([...of('train', 1), ...of('train', 2)])
    expect(of('test', 3).some(prompt => train.has(prompt))).toBe(false)
    expect(of('test', 3).every(prompt => splitOf(prompt) === 'test')).toBe(true)
  })

  test('need a small vocabulary and a small context, and can spell every mistake', () => {
    const options = { split: 'train', seed: 1 } as const
    const learn = [0, 1].flatMap(level =>
      takeProblems(task, 300, { ...options, difficulty: level }),
    )
    const texts = learn.map(({ prompt, solution }) => prompt + solution!.join('\n\n'))
    const spelled = [...texts, ...malformedSentences()]
    const bpe = trainBpe(spelled, { vocabSize: 128, alphabet: 'corpus' })
    const tokenizer = tokenizerFrom({ tokenizer: bpe, config: { eos_token: '<|im_end|>' } })
    const lengthOf = (text: string): number => tokenizer.encode(text).length + 1
    const answers = learn.map(({ solution }) => lengthOf(solution!.join('\n\n')))
    expect(Math.max(...answers)).toBeLessThanOrEqual(110)
    // at difficulty 1 a plan before each step makes one whole text in fifty longer than 160 tokens
    const longest = task.name === 'plan-and-solve' ? 180 : 160
    expect(Math.max(...texts.map(lengthOf))).toBeLessThanOrEqual(longest)
    const draw = random(1, 'spelled')
    for (const problem of takeProblems(task, 20, { ...options, difficulty: 1 })) {
      const steps = problem.solution!
      const wrong = steps.flatMap((_, i) => task.wrongStep(problem, steps, i, draw) ?? [])
      expect(() => tokenizer.encode(wrong.join('\n\n'))).not.toThrow()
    }
  })
})
