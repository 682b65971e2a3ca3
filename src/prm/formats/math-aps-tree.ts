// MATH-APS as a tree (OmegaPRM, arXiv:2406.06592; published by openr): every node is a step with the share of
// completions from there that end right. A path from the root to a leaf is a solution.

import { z } from 'zod'
import { parseRow } from '../../data/row.ts'
import { DataError } from '../../errors.ts'
import type { LabelledSolution } from '../solution.ts'
import {
  asProblem,
  type FormatOptions,
  hasFields,
  type RowPlace,
  type StepFormat,
} from './format.ts'

/** A state of the search: its step, and what it is worth. The root's step is the question. */
export interface ValueNode {
  readonly text: string
  readonly value: number | null
  readonly children: readonly ValueNode[]
}

const node = z.object({
  text: z.string(),
  mc_value: z.number().min(0).max(1),
  children: z.array(z.unknown()),
})
const row = z.object({
  question: z.string(),
  final_answer: z.string().nullish(),
  reasoning_steps: node,
})

export const mathApsTree: StepFormat = {
  about: 'question, final_answer, reasoning_steps as a tree of text, mc_value, children',
  fits: value =>
    hasFields(value, ['question', 'reasoning_steps']) && hasFields(value.reasoning_steps, []),
  read(value, place, options) {
    const { question, final_answer, reasoning_steps } = parseRow(row, value, place.where)
    const root = treeOf(reasoning_steps, place.where)
    if (root.text.trim() !== question.trim() && root.text.trim() !== '')
      throw new DataError(`${place.where}: reasoning_steps.text: is not the question`)
    return solutionsOf(root, question, final_answer ?? null, 'math-aps-tree', place, options)
  },
}

/** One solution a leaf, in the order of the tree; the root's value is told with the problem. */
export function solutionsOf(
  root: ValueNode,
  question: string,
  answer: string | null,
  source: string,
  { where, id }: RowPlace,
  { shared = 'every' }: FormatOptions,
): LabelledSolution[] {
  const problem = asProblem(id, question.trim(), {
    answer,
    meta: root.value === null ? {} : { value: root.value },
  })
  const told = new Set<ValueNode>()
  const labelOf = (one: ValueNode): number | null => {
    const again = shared === 'once' && told.has(one)
    told.add(one)
    return again ? null : one.value
  }
  const paths = pathsOf(root)
  if (paths.length === 0) throw new DataError(`${where}: reasoning_steps: there is no step`)
  return paths.map((path, i) => ({
    id: `${id}/${i}`,
    problem,
    steps: path.map(({ text }) => text.trim()),
    labels_S: path.map(labelOf),
    meaning: 'value',
    answerRight: null,
    source,
    kind: null,
  }))
}

/** From below the root to every leaf. A stack of its own: a file may hold a tree deeper than the machine's. */
function pathsOf(root: ValueNode): (readonly ValueNode[])[] {
  const paths: (readonly ValueNode[])[] = []
  const open = [...root.children].reverse().map(one => [one] as readonly ValueNode[])
  while (open.length > 0) {
    const path = open.pop()!
    const { children } = path.at(-1)!
    if (children.length === 0) paths.push(path)
    for (const child of [...children].reverse()) open.push([...path, child])
  }
  return paths
}

function treeOf(written: z.infer<typeof node>, where: string): ValueNode {
  const start = { text: written.text, value: written.mc_value, children: [] as ValueNode[] }
  const open = [{ written, made: start, name: 'reasoning_steps' }]
  while (open.length > 0) {
    const { written, made, name } = open.pop()!
    written.children.forEach((child, i) => {
      const path = `${name}.children[${i}]`
      const parsed = parseRow(node, child, `${where}: ${path}`)
      const one = { text: parsed.text, value: parsed.mc_value, children: [] as ValueNode[] }
      made.children.push(one)
      open.push({ written: parsed, made: one, name: path })
    })
  }
  return start
}
