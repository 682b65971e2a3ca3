import { expect, test } from 'vitest'
import { answersOf } from '../../../src/cli/prm/label-tasks.ts'
import { random } from '../../../src/numbers/random.ts'
import { execution, rewrittenLines } from '../../../src/prm/label/execution.ts'
import { runLabellings } from '../../../src/prm/label/run.ts'
import { mutateLine } from '../../../src/problems/mutate-line.ts'
import { type Ask, chatClient } from '../../../src/rewards/remote/chat.ts'
import type { Problem } from '../../../src/types.ts'
import { chatServer, type Reply } from '../../rewards/remote/chat-server.ts'

const program: Problem = {
  ...{ id: 'p', prompt: 'f(x): add 3, times 2\n\n', answer: null },
  solution: ['<answer>function f(x) {', 'x = x + 3', 'return x * 2', '}</answer>'],
  meta: { tests: [0, 1, -3].map(x => ({ call: `f(${x})`, value: 2 * (x + 3) })) },
}

async function labelsOf(problem: Problem, variants = 40) {
  const services = { sampler: null, judge: null, answers: answersOf('program') }
  const labellings = [execution(problem, { seed: 1, variants })]
  for await (const { value } of runLabellings(labellings, services)) return value
  throw new Error('nothing was labelled')
}

test('a line is right where all tests still pass, wrong where one fails (arXiv:2502.01715, section 3.1)', async () => {
  const { labelled } = await labelsOf(program)
  const [whole, ...others] = labelled.map(one => one.labelled)
  expect(whole).toMatchObject({
    steps: program.solution,
    labels_S: [1, 1, 1, 1],
    answerRight: true,
  })
  const of = (line: string) => others.find(({ steps }) => steps.includes(line))
  expect(of('x = 3 + x')).toMatchObject({
    labels_S: [1, 1, 1, 1],
    kind: 'rewrite',
    answerRight: true,
  })
  expect(of('x = x - 3')).toMatchObject({ labels_S: [1, 0, null, null], kind: 'mutation' })
  expect(of('return x + 2')).toMatchObject({ labels_S: [1, 1, 0, null], answerRight: false })
  expect(others.length).toBeGreaterThan(6)
  expect(new Set(others.map(({ steps }) => steps.join())).size).toBe(others.length)
})

test('what cannot be run has no label, and no program to begin with is no one’s mistake', async () => {
  const endless = { ...program, solution: ['<answer>const f = x => x</answer>'] }
  expect(await labelsOf(endless)).toMatchObject({ labelled: [], skipped: 'solution-fails' })
  expect(await labelsOf({ ...program, solution: null })).toMatchObject({ skipped: 'no-solution' })
  const unknown = execution(program, { seed: 1, variants: 3 })
  unknown.next()
  const { value } = unknown.next([[true, null, true, false]])
  if (!('labelled' in value)) throw new Error('it asks again')
  const labels = value.labelled.map(({ labelled: { labels_S }, missing }) => ({
    labels_S,
    missing,
  }))
  expect(labels[1]!.missing).toBe('not-run')
  expect(labels[1]!.labels_S).not.toContain(0)
  expect(labels[1]!.labels_S).toContain(null)
  expect(labels[3]!.labels_S).toContain(0)
})

test('the problem and the seed decide what is changed', async () => {
  expect(await labelsOf(program, 3)).toEqual(await labelsOf(program, 3))
  const draw = random(1)
  for (const line of ['return a < b', 'x = 12', 'if (a && b)', 'y = x + 1'])
    for (let round = 0; round < 20; round++) expect(mutateLine(line, draw)).not.toBe(null)
  expect(mutateLine('return x', draw)).toBeNull()
  expect(mutateLine('</answer>', draw)).toBeNull()
})

/** An editor behind HTTP, by what line and which task it is shown. */
async function editedBy(reply: (line: string, mistake: boolean) => Reply, variants = 4) {
  const server = await chatServer(({ body }) => {
    const content = body.messages.at(-1)!.content
    const line = /<line>(.*)<\/line>\n\n/.exec(content)![1]!
    return reply(line, content.includes('small mistake'))
  })
  const client = chatClient({ url: server.url, model: 'm', retries: 0 })
  const chat: Ask = async (...asked) => (await client.ask(...asked)).value
  const services = { sampler: null, judge: null, chat, answers: answersOf('program') }
  try {
    const labellings = [rewrittenLines(program, { seed: 1, variants })]
    for await (const { value } of runLabellings(labellings, services))
      return { value, spent: client.spent(), asked: server.asked.length }
    throw new Error('nothing was labelled')
  } finally {
    await server.close()
  }
}

test('what a chat model changes is labelled by its tests, not by what it was asked for', async () => {
  const { value, asked } = await editedBy((line, mistake) => {
    if (line === 'x = x + 3') return `so: <line>${mistake ? 'x = x + 3 + 0' : 'x += 4'}</line>` // it errs
    if (line === 'return x * 2') return `<line>${mistake ? 'return x < 2' : 'return 2 * x'}</line>`
    return `<line>${line}</line>` // nothing is changed
  })
  expect(asked).toBe(8)
  const [whole, ...others] = value.labelled.map(one => one.labelled)
  expect(whole).toMatchObject({ labels_S: [1, 1, 1, 1], source: 'rewritten-lines' })
  const of = (line: string) => others.find(({ steps }) => steps.includes(line))
  expect(others).toHaveLength(4)
  expect(of('x = x + 3 + 0')).toMatchObject({ kind: 'rewrite', labels_S: [1, 1, 1, 1] })
  expect(of('x += 4')).toMatchObject({ kind: 'mutation', labels_S: [1, 0, null, null] })
  expect(of('return x < 2')).toMatchObject({ kind: 'mutation', labels_S: [1, 1, 0, null] })
  expect(of('return 2 * x')).toMatchObject({ kind: 'rewrite', answerRight: true })
})

test('a line that never comes is counted and is no version; two lines are none', async () => {
  for (const bad of [
    'no',
    '<line></line>',
    '<line>a\nb</line>',
    '<line>x',
    { status: 500 },
  ] as Reply[]) {
    const { value, spent } = await editedBy(() => bad, 2)
    expect(value.labelled.map(({ labelled }) => labelled.kind)).toEqual([null])
    expect(Object.values(spent.missing).reduce((a, b) => a + b)).toBe(4)
  }
})
