import { expect, test } from 'vitest'
import { readLabelled } from '../../../src/prm/formats/read.ts'
import { fixture, linesOf } from './files.ts'

interface Node {
  text: string
  mc_value: number
  children: Node[]
}
const node = (text: string, mc_value: number, ...children: Node[]): Node => ({
  text,
  mc_value,
  children,
})
const row = (root: unknown) => ({ question: 'q', final_answer: '4', reasoning_steps: root })

test('a real row: 24 nodes make 20 solutions', async () => {
  const { solutions } = await readLabelled(fixture('math-aps-tree.jsonl'))
  expect(solutions).toHaveLength(20)
  expect(solutions.at(-1)).toMatchObject({ labels_S: [0.1875, 0.03125, 1] })
  expect(solutions[0]!.problem).toMatchObject({ answer: '\\frac{11}{36}', meta: { value: 0.25 } })
  // the root and two inner nodes of six more leaves each, one of which has a child
  const { solutions: once } = await readLabelled(fixture('math-aps-tree.jsonl'), { shared: 'once' })
  expect(once.flatMap(({ labels_S }) => labels_S.filter(label => label !== null))).toHaveLength(23)
})

test('every path from the question to a leaf', async () => {
  const root = node('q', 0.5, node('a', 1, node('b', 0.25), node('c', 0)), node('d', 0.125))
  const { solutions } = await readLabelled(linesOf(row(root)))
  expect(solutions.map(({ id, steps, labels_S }) => [id, steps, labels_S])).toEqual([
    ['rows.jsonl:1/0', ['a', 'b'], [1, 0.25]],
    ['rows.jsonl:1/1', ['a', 'c'], [1, 0]],
    ['rows.jsonl:1/2', ['d'], [0.125]],
  ])
})

test('a deep tree', async () => {
  let root = node('leaf', 1)
  for (let i = 0; i < 2000; i++) root = node(`step ${i}`, 1, root)
  const text = JSON.stringify({
    question: 'q',
    final_answer: null,
    reasoning_steps: node('q', 1, root),
  })
  const { solutions } = await readLabelled(linesOf(JSON.parse(text)))
  expect(solutions[0]!.steps).toHaveLength(2001)
})

test.each([
  [node('other', 1, node('a', 1)), 'reasoning_steps.text: is not the question'],
  [node('q', 1), 'reasoning_steps: there is no step'],
  [
    node('q', 1, node('a', 1, node('b', -1))),
    'reasoning_steps.children[0].children[0]: mc_value: ',
  ],
  [node('q', 1, node('a', 1, node(' ', 1))), 'steps[1]: is empty'],
  [{ text: 'q' }, 'reasoning_steps.mc_value: missing; expected a number'],
])('%j is refused', async (root, message) => {
  await expect(readLabelled(linesOf(row(root)))).rejects.toThrow(`:1: ${message}`)
})
