import { expect, test } from 'vitest'
import {
  asked,
  plainPrompt,
  promptSchema,
  questionOf,
  taskFrame,
  textFrame,
} from '../../src/problems/prompt.ts'
import { takeProblems } from '../../src/problems/splits.ts'
import { tasks } from '../../src/problems/tasks/index.ts'
import type { Problem } from '../../src/types.ts'

const problem: Problem = { id: 'a', prompt: 'Why?', answer: null, solution: null, meta: {} }
const said = (system: string | null, instruction: string | null) => ({ system, instruction })

test('a plain prompt is paragraphs', () => {
  const text = (...words: [string | null, string | null]): string =>
    asked(problem, plainPrompt(textFrame, said(...words))).prompt
  expect(text(null, null)).toBe('Question: Why?\n\n')
  expect(text('Be brief.', null)).toBe('Be brief.\n\nQuestion: Why?\n\n')
  expect(text(null, 'Box it.')).toBe('Question: Why?\n\nBox it.\n\n')
})

test('a problem that is asked keeps its question, also when it is asked again', () => {
  const once = asked(problem, { frame: 'Q: {question}\nA:' })
  expect(once).toMatchObject({ prompt: 'Q: Why?\nA:', question: 'Why?' })
  const again = asked(once, { frame: '<{question}|{question}>' })
  expect(again).toMatchObject({ prompt: '<Why?|Why?>', question: 'Why?' })
  expect(questionOf(again)).toBe('Why?')
  expect(asked(problem, { frame: '{question}' })).toBe(problem)
})

test('a question goes into a frame as it is, whatever it holds', () => {
  const odd = { ...problem, prompt: 'What is $& of {question}? $1' }
  expect(asked(odd, { frame: 'Q: {question}\n' }).prompt).toBe('Q: What is $& of {question}? $1\n')
})

test.each([...tasks.values()])('the problems of $name are asked plainly as they are', task => {
  const problems = takeProblems(task, 20, { split: 'train', seed: 3, difficulty: 2 })
  const prompt = plainPrompt(taskFrame(problems[0]!), said(null, null))
  for (const one of problems) expect(asked(one, prompt)).toBe(one)
})

test('a prompt without a place for the question is refused', () => {
  const prompt = plainPrompt(textFrame, said(null, null))
  expect(promptSchema.safeParse(prompt).success).toBe(true)
  expect(promptSchema.safeParse({ ...prompt, frame: 'Question:' }).success).toBe(false)
})
