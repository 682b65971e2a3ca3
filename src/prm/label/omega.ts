// OmegaPRM: a tree search that spends completions where a rollout goes wrong. Each search takes the most promising wrong
// rollout from anywhere in the tree, finds its first error by binary search, and leaves behind the states that it looked
// at, whose own rollouts can be searched next.

import { hashSeed } from '../../numbers/random.ts'
import type { TextRollout } from '../../rollouts/text-rollout.ts'
import type { Problem } from '../../types.ts'
import {
  ask,
  type GradedSolution,
  type Labeler,
  type Labelling,
  solutionOf,
  type Work,
} from './labeler.ts'
import { flattened, type TreeLabels } from './omega-labels.ts'
import {
  addRollout,
  evidence,
  keepsValue,
  type OmegaTree,
  rootState,
  type State,
  type TreeRollout,
  worthOf,
} from './state-tree.ts'

export interface OmegaOptions extends TreeLabels {
  readonly seed: number
  /** Searches of one problem at most; null: until every wrong rollout of `from` is searched. Default 100. */
  readonly searches?: number | null
  readonly alpha?: number // in [0, 1]: how much less a state of low value promises; default 0.5
  readonly beta?: number // in [0, 1]: how much less a long rollout promises; default 0.9
  readonly length?: number // tokens after which beta counts once; default 500
  readonly cPuct?: number // >= 0: how much a state counts that was searched less; default 0.125
  /** Is given the tree of each problem, when its search has ended. */
  readonly onTree?: (tree: OmegaTree, problem: Problem) => void
}

/**
 * Labels the given solutions, and every rollout that it searched, by OmegaPRM's tree search (arXiv:2406.06592, section 3).
 * Labels are null where no state was measured. Differs from the paper: a state's value counts every rollout through it, also
 * those that began before it, so that fewer are sampled; and rollouts are cut at steps, not at equal numbers of tokens.
 */
export function omega(options: OmegaOptions): Labeler {
  return {
    name: 'omega',
    *label(work) {
      const tree = yield* searchTree(work, options)
      options.onTree?.(tree, work.problem)
      return flattened(tree, options)
    },
  }
}

/** The tree that a search of a problem's rollouts makes. */
export function* searchTree(work: Work, options: OmegaOptions): Labelling<OmegaTree> {
  const { searches = 100, completions } = options
  const search = new Search(work, options)
  const nothing = options.from === 'given' && work.solutions.every(one => one.answerRight)
  if (nothing || work.solutions.length === 0) return search
  yield* search.measure(search.root, completions)
  for (let done = 0; searches === null || done < searches; done++) {
    const next = search.select()
    if (next === null) break
    yield* search.firstError(next)
  }
  return search
}

class Search implements OmegaTree {
  readonly root: State
  readonly rollouts: TreeRollout[] = []
  private readonly work: Work
  private readonly options: OmegaOptions
  private readonly searched = new Set<State>() // ends of rollouts that were
  private visits = 0

  constructor(work: Work, options: OmegaOptions) {
    this.work = work
    this.options = options
    this.root = rootState(work.solutions[0]?.rollout.promptIds ?? new Int32Array(0))
    for (const one of work.solutions) this.add(this.root, one.rollout, one.answerRight, one)
  }

  /** The wrong rollout with the highest Q + U among those that began at a state of value in (0, 1); null for none. */
  select(): TreeRollout | null {
    let best: TreeRollout | null = null
    let most = Number.NEGATIVE_INFINITY
    for (const one of this.rollouts) {
      if (!this.isOpen(one)) continue
      const score = priority(one.from, lengthOf(one), this.visits, this.options)
      if (score > most) [best, most] = [one, score]
    }
    return best
  }

  /** Looks for the first error of a wrong rollout: measures the middle of where it may be, until it is found. */
  *firstError(one: TreeRollout): Labelling<void> {
    const { path } = one
    this.searched.add(path.at(-1)!)
    one.from.visits++
    this.visits++
    let [low, high] = [0, path.length - 1]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      const state = path[middle]!
      if (!state.measured) {
        state.biased = 1
        yield* this.measure(state, this.options.completions)
      }
      if (keepsValue(state, this.root, this.options.ratio)) low = middle
      else high = middle
    }
  }

  /** Samples from a state as many rollouts as its value lacks; where rightness is asked for, none if it has a right one. */
  *measure(state: State, completions: number): Labelling<void> {
    state.measured = true
    const { labels = 'value', ratio = 0, seed } = this.options
    const n = completions - evidence(state)
    if (n <= 0 || (labels === 'rightness' && ratio === 0 && state.right > 0)) return
    const { problem } = this.work
    const { prefix } = state
    const asked = { kind: 'rollouts', purpose: 'labels', problem, prefix, n } as const
    const key = prefix.ids.join()
    const [found] = yield* ask<'rollouts'>([{ ...asked, seed: hashSeed(seed, problem.id, key) }])
    for (const { rollout, right } of found!) this.add(state, rollout, right === true, null)
  }

  private add(
    from: State,
    rollout: TextRollout,
    right: boolean,
    given: GradedSolution | null,
  ): void {
    const { problem } = this.work
    const id = `${this.work.solutions[0]!.solution.id}/tree-${this.rollouts.length}`
    const solution = given?.solution ?? solutionOf(id, problem, rollout)
    const path = addRollout(from, rollout, right)
    this.rollouts.push({ from, path, rollout, right, solution, given: given !== null })
  }

  /** Whether a rollout is to be searched; one that is the same to the last token is not searched again. */
  private isOpen({ right, path, from, given }: TreeRollout): boolean {
    if (right || (this.options.from === 'given' && !given)) return false
    if (this.searched.has(path.at(-1)!)) return false
    const value = worthOf(from)
    return value > 0 && value < 1
  }
}

/** Q + U of a rollout that began at a state (arXiv:2406.06592, eq. 3 and 4); `visits`: searches in the whole tree. */
export function priority(
  from: State,
  tokens: number,
  visits: number,
  {
    alpha = 0.5,
    beta = 0.9,
    length = 500,
    cPuct = 0.125,
  }: Pick<OmegaOptions, 'alpha' | 'beta' | 'length' | 'cPuct'> = {},
): number {
  const promise = alpha ** (1 - worthOf(from)) * beta ** (tokens / length)
  return promise + (cPuct * Math.sqrt(visits)) / (1 + from.visits)
}

/** Tokens of a rollout after the state that it began at. */
function lengthOf({ from, rollout }: TreeRollout): number {
  return rollout.ids.length - from.prefix.ids.length
}
