// What a tree search found, as labels of whole solutions, and as the tree that MATH-APS writes down.

import type { Json } from '../../types.ts'
import { type Labelled, labelsUntil, type SolutionLabels, withLabels } from './labeler.ts'
import {
  evidence,
  keepsValue,
  type OmegaTree,
  type State,
  type TreeRollout,
  worthOf,
} from './state-tree.ts'

/** What of a tree is labelled, and how. */
export interface TreeLabels {
  readonly completions: number // rollouts that a state is measured by
  /** Which rollouts are searched, and labelled: all of the tree, or the given solutions alone. Default 'tree'. */
  readonly from?: 'tree' | 'given'
  /** 'value': the value of each state that was measured. 'rightness': 1 before the first error, 0 there. Default 'value'. */
  readonly labels?: 'value' | 'rightness'
  /** Right is a state that keeps more than this share of the problem's value. Default 0: one right rollout is enough. */
  readonly ratio?: number
}

/**
 * The solutions of a tree with their labels: those that were given, and each other one that has a label of its own.
 * 'value': the share of right rollouts of each state that has enough; null elsewhere. 'rightness': 1 before the first
 * error, 0 there.
 */
export function flattened(tree: OmegaTree, options: TreeLabels): Labelled[] {
  const { labels = 'value', completions, from = 'tree' } = options
  const seen = new Set<State>()
  return tree.rollouts.flatMap(one => {
    const end = one.path.at(-1)!
    const known = seen.has(end)
    seen.add(end)
    const found = labels === 'value' ? values(one, completions) : rightness(one, tree.root, options)
    const isNew = from === 'tree' && !known && tellsMore(one, found, labels)
    if (!one.given && !isNew) return []
    const graded = { ...one, logprobs_T: null, answerRight: one.right }
    return [withLabels(graded, { name: 'omega', meaning: labels, ...found })]
  })
}

/** The states at the ends of a rollout's steps. */
export function statesOf({ path }: TreeRollout): State[] {
  const found: State[] = []
  for (let state = path.at(-1)!; state.parent !== null; state = state.parent) found.unshift(state)
  return found
}

function values(one: TreeRollout, completions: number): SolutionLabels {
  const states_S = statesOf(one)
  const labels_S = states_S.map((state, s) => {
    if (s === states_S.length - 1) return Number(one.right)
    return isMeasured(state, completions) ? worthOf(state) : null
  })
  return { labels_S }
}

function isMeasured(state: State, completions: number): boolean {
  return evidence(state) >= completions
}

function rightness(
  one: TreeRollout,
  root: State,
  { ratio = 0 }: Pick<TreeLabels, 'ratio'>,
): SolutionLabels {
  const states_S = statesOf(one)
  const last = states_S.length - 1
  if (root.right === 0) return { labels_S: states_S.map(() => null), missing: 'unsolved' }
  const first = states_S.findIndex((state, s) =>
    s === last ? !one.right : state.measured && !keepsValue(state, root, ratio),
  )
  if (first < 0) return { labels_S: labelsUntil(last + 1, last + 1) }
  // a share of the value is known of states that were measured, one right rollout of any
  const low = states_S
    .slice(0, first)
    .findLastIndex(state => (state.measured || ratio === 0) && keepsValue(state, root, ratio))
  // between the last state that is right and the first that is not, nothing is known
  return low === first - 1
    ? { labels_S: labelsUntil(first, last + 1) }
    : { labels_S: states_S.map((_, s) => (s <= low ? 1 : null)) }
}

/**
 * Whether a rollout has a label after the state that it began at, beside that of its answer where that is its value; and
 * where its first error is asked for, whether that is known.
 */
function tellsMore(
  { from }: TreeRollout,
  { labels_S }: SolutionLabels,
  labels: 'value' | 'rightness',
): boolean {
  const own = labels_S.slice(from.prefix.steps.length, labels === 'value' ? -1 : undefined)
  const known = labels === 'value' || labels_S.includes(0) || labels_S.every(one => one === 1)
  return known && own.some(label => label !== null)
}

/** A node of MATH-APS' trees: the text of one or more steps, and the share of completions from its end that are right. */
export interface TreeNode {
  readonly text: string
  readonly mc_value: number
  readonly children: readonly TreeNode[]
}

/**
 * A tree as MATH-APS (openreasoner/MATH-APS) writes it down: `{question, final_answer, reasoning_steps}`. Its nodes are the
 * states that were measured and the ends of solutions; the steps between two of them are one text.
 */
export function treeRecord(tree: OmegaTree, completions: number): Record<string, Json> {
  const { problem } = tree.rollouts[0]!.solution
  const ends = new Set(tree.rollouts.map(one => one.path.at(-1)!))
  const shown = (state: State): boolean => ends.has(state) || isMeasured(state, completions)
  const node = (state: State, text: string): TreeNode => ({
    text,
    mc_value: worthOf(state),
    children: [...state.children.values()].flatMap(child => below(child, [])),
  })
  const below = (state: State, before: readonly string[]): TreeNode[] => {
    const texts = [...before, state.prefix.steps.at(-1)!.text]
    if (shown(state)) return [node(state, texts.join('\n\n'))]
    return [...state.children.values()].flatMap(child => below(child, texts))
  }
  const reasoning_steps = node(tree.root, problem.prompt) as unknown as Json
  return { question: problem.prompt, final_answer: problem.answer, reasoning_steps }
}
