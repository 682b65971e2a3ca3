import { afterAll, expect, test } from 'vitest'
import type { Desk } from '../../src/authors/author.ts'
import { authors } from '../../src/authors/index.ts'
import { readRubric } from '../../src/authors/rubric.ts'
import { readSaid } from '../../src/authors/task.ts'
import { boxedGrader } from '../../src/rewards/grader.ts'
import type { Ask } from '../../src/rewards/remote/chat.ts'
import { rubricOf } from '../../src/rewards/rubrics.ts'
import { sandbox } from '../../src/sandbox/sandbox.ts'
import type { Problem } from '../../src/types.ts'

const problem: Problem = {
  ...{ id: 'p', prompt: 'What is 2 + 3?', answer: '5', solution: null, meta: {} },
}

/** A desk whose chat model says these texts in turn, and what it was asked. */
function deskOf(...said: string[]) {
  const asked: string[] = []
  const ask: Ask = async (messages, read) => {
    asked.push(messages.at(-1)!.content)
    return read(said.shift() ?? '')
  }
  const desk: Desk = { ask, grader: boxedGrader(), seed: 1, run: job => box.run(job) }
  return { desk, asked }
}

const box = sandbox() // one process for all of them
afterAll(() => box.close())

const written = async (name: string, ...said: string[]) => {
  return authors[name]!.write(problem, deskOf(...said).desk)
}

test('other words are what the tags hold, and not the question again (arXiv:2508.00410, appendix B)', async () => {
  const found = await written('rewrites', 'Here: <problem>\nAdd 3 to 2.\n</problem>')
  expect(found).toEqual({ fields: { rewrite: 'Add 3 to 2.' } })
  for (const said of ['Add 3 to 2.', '<problem></problem>', `<problem>${problem.prompt}</problem>`])
    expect(await written('rewrites', said)).toEqual({ missing: 'no other words' })
})

const rubricText = [
  '- [Essential] The final answer is 5.',
  '2. [Important] Both numbers are added.',
  '* [pitfall] Avoids multiplying them.',
  '- [Nonsense] Is nice.',
].join('\n')

test('a rubric is read by recipes as it was written (arXiv:2507.17746, section 3.2)', async () => {
  const found = await written('rubrics', rubricText)
  if ('missing' in found) throw new Error(found.missing)
  expect(rubricOf({ ...problem, meta: found.fields })).toEqual([
    { criterion: 'The final answer is 5.', weight: 1 },
    { criterion: 'Both numbers are added.', weight: 0.7 },
    { criterion: 'Avoids multiplying them.', weight: 0.9 },
  ])
  const { desk, asked } = deskOf(rubricText)
  await authors.rubrics!.write({ ...problem, solution: ['2 + 3 = 5'] }, desk)
  expect(asked[0]).toContain('<solution>\n2 + 3 = 5\n</solution>')
  expect(asked[0]).toContain('<answer>\n5\n</answer>')
})

test('a rubric of too few criteria, of too many, or without an essential one is none', () => {
  const lines = (n: number, kind: string) => `- [${kind}] so\n`.repeat(n)
  expect(readRubric(lines(3, 'Essential'))).toHaveLength(3)
  for (const bad of ['', lines(2, 'Essential'), lines(21, 'Essential'), lines(5, 'Optional')])
    expect(readRubric(bad)).toBeNull()
})

test('of solutions the first right one is kept, step by step (arXiv:2508.19598, section 3.3)', async () => {
  const right = '2 + 3 is\n \n5, so\n\n\\boxed{5}'
  expect(await written('solutions', 'so \\boxed{6}', right)).toEqual({
    fields: { solution: ['2 + 3 is', '5, so', '\\boxed{5}'] },
  })
  const wrong = Array<string>(4).fill('\\boxed{6}')
  expect(await written('solutions', ...wrong, right)).toEqual({ missing: 'no right one of 4' })
  expect(await written('solutions', '5')).toEqual({ missing: 'no answer in a box' })
})

const coded = {
  instruction: 'Name an even number above 10.',
  checks: ['Number(answer) % 2 === 0', 'Number(answer) > 10'],
  solution: '12',
  failures: ['11', '8', 'twelve'],
}
const said = (task: object) => `<task>${JSON.stringify(task)}</task>`

test.each([
  ['a task whose solution passes and whose failures fail', {}, null],
  ['a solution that fails', { solution: '9' }, 'its own solution fails a check'],
  [
    'a failure that passes',
    { failures: ['11', '8', '14'] },
    'an answer that should fail passes all checks: 14',
  ],
  ['code that throws', { checks: ['answer.none.at'] }, 'a check cannot be run'],
  ['too few failures', { failures: ['8'] }, 'no task'],
  ['no checks', { checks: [] }, 'no task'],
])('%s (arXiv:2506.01716, section 3.2)', async (_, changed, missing) => {
  const found = await written('tasks', said({ ...coded, ...changed }))
  if (missing !== null) return expect(found).toEqual({ missing: expect.stringContaining(missing) })
  const { instruction, ...meta } = coded
  const row = { id: 'p task', question: instruction, answer: null, solution: null, meta }
  expect(found).toEqual({ fields: row })
})

test('the challenger tries out code, is told what it gives, and tires', async () => {
  const { desk, asked } = deskOf('<run>6 * 7</run>', '<run>none.such</run>', said(coded))
  expect('fields' in (await authors.tasks!.write(problem, desk))).toBe(true)
  expect(asked[1]).toBe('It gave: "42"')
  expect(asked[2]).toContain('none')
  const forever = Array<string>(9).fill('<run>1</run>')
  expect(await written('tasks', ...forever)).toEqual({ missing: 'no task' })
  expect(readSaid('<task>{</task>')).toBeNull()
})

const toolset = `const state = { a: 7, b: 2 }
  const tools = { move(n) { if (n > state.a) throw Error('too few'); state.a -= n; state.b += n; return state.b } }`
const withTools: Problem = {
  ...problem,
  meta: { tools: toolset, solution: '{move 1=}', checks: [] },
}
const changing = {
  instruction: 'Bring b to 6.',
  checks: ['state.b === 6', 'state.a === 3'],
  solution: '{move 4=}\ndone',
  failures: ['done', '{move 3=}', '{move 4=}{move 1=}'],
}

test('a challenger with tools uses them, and sets a task of what they change (arXiv:2506.01716, section 3.2)', async () => {
  const tries = ['<run>tools.move(3)</run>', '<run>tools.move(9)</run>', '<run>state</run>']
  const { desk, asked } = deskOf(...tries, said(changing))
  const found = await authors.tasks!.write(withTools, desk)
  const { instruction: question, ...rest } = changing
  expect(found).toEqual({
    fields: {
      id: 'p task',
      question,
      answer: null,
      solution: null,
      meta: { tools: toolset, ...rest },
    },
  })
  expect(asked[0]).toContain(`<tools>\n${toolset}\n</tools>`)
  expect(asked[1]).toBe('It gave: "5"')
  expect(asked[2]).toContain('too few')
  expect(asked[3]).toBe(`It gave: ${JSON.stringify('{"a":4,"b":5}')}`) // what it changed stays changed
})

test.each([
  ['is refused', { solution: '{move 8=}' }, 'its own solution is refused: Error: too few'],
  ['fails', { solution: '{move 2=}' }, 'its own solution fails a check'],
  [
    'is no better than a failure',
    { failures: ['a', 'b', '{move 2=}{move 2=}'] },
    'passes all checks',
  ],
])('a task whose solution %s is not kept', async (_, changed, missing) => {
  const found = await authors.tasks!.write(
    withTools,
    deskOf(said({ ...changing, ...changed })).desk,
  )
  expect(found).toEqual({ missing: expect.stringContaining(missing) })
})

test('checks are mended until they run; none says that nothing can be checked (arXiv:2502.19328)', async () => {
  const good = '<checks>\n- answer.length < 99\n- !/[A-Z]{9}/.test(answer)\n</checks>'
  const { desk, asked } = deskOf('<checks>\nanswer.lenght.of\nanswer.length\n</checks>', good)
  expect(await authors.checks!.write(problem, desk)).toEqual({
    fields: { meta: { checks: ['answer.length < 99', '!/[A-Z]{9}/.test(answer)'] } },
  })
  expect(asked[1]).toContain('answer.lenght.of: ')
  expect(asked[1]).toContain('answer.length: gave 36; expected true or false')
  expect(await written('checks', '<checks>None</checks>')).toEqual({
    fields: { meta: { checks: [] } },
  })
  expect(await written('checks', 'answer.length < 3')).toEqual({ missing: 'no checks' })
  const bad = Array<string>(4).fill('<checks>while (true) {}</checks>')
  expect(await written('checks', ...bad, good)).toEqual({
    missing: 'no checks that run, of 4 attempts',
  })
})

test('a rubric is refined on several answers before the run (arXiv:2509.21500, section 4)', async () => {
  const asked: string[] = []
  let answer = 0
  const ask: Ask = async (messages, read) => {
    const said = messages.map(({ content }) => content).join('\n')
    asked.push(said)
    if (said.includes('Answer as well')) return read(`5, in ${2 + (answer++ % 7)} words`)
    if (said.includes('Write the rubric')) return read(rubricText)
    if (said.includes('<answer 1>')) return read(`- [3] Refined ${asked.length}.`)
    return read(said.includes('5, in 4') ? '\\boxed{yes}' : '\\boxed{no}')
  }
  const found = await authors['tail-rubrics']!.write(problem, { ...deskOf().desk, ask })
  if ('missing' in found) throw new Error(found.missing)
  const rubric = rubricOf({ ...problem, meta: found.fields })
  expect(rubric.map(({ weight }) => weight)).toEqual([1, 0.7, 0.9, 3, 3, 3]) // seven answers, two a round
  const shown = asked.filter(said => said.includes('<answer 1>'))
  expect(shown[0]).toContain('<answer 1>\n5, in 4 words')
  expect(shown[1]).not.toContain('5, in 4 words')
  const same: Ask = async (_, read) => read(rubricText)
  expect(await authors['tail-rubrics']!.write(problem, { ...deskOf().desk, ask: same })).toEqual({
    missing: 'no two answers that differ',
  })
})
