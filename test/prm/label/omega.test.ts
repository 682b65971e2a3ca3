import { describe, expect, test } from 'vitest'
import { stepFormats } from '../../../src/prm/formats/index.ts'
import { omega, priority, searchTree } from '../../../src/prm/label/omega.ts'
import { treeRecord } from '../../../src/prm/label/omega-labels.ts'
import { addRollout, rootState, states, worthOf } from '../../../src/prm/label/state-tree.ts'
import { endsRight, rolloutsIn, solutionOf, talk, workOf } from './by-hand.ts'

const wrong = solutionOf('wrong', [1, 2, 3, 4], false)
const right = solutionOf('right', [1, 9], true)

describe('the tree', () => {
  const root = rootState(Int32Array.of(99))
  addRollout(root, wrong.rollout, false)
  addRollout(root, right.rollout, true)
  const [first] = [...root.children.values()]

  test('solutions share the states that they begin with', () => {
    expect([...states(root)].map(state => [...state.prefix.ids])).toEqual([
      [],
      [1],
      [1, 2],
      [1, 2, 3],
      [1, 2, 3, 4],
      [1, 9],
    ])
    expect([root, first!].map(({ rollouts, right }) => [rollouts, right])).toEqual([
      [2, 1],
      [2, 1],
    ])
  })

  test('a rollout tells nothing of the states before the one it began at', () => {
    addRollout(first!, solutionOf('later', [1, 2, 8], true).rollout, true)
    expect([root.rollouts, first!.rollouts, first!.right]).toEqual([2, 3, 2])
    expect(first!.children.get('2')).toMatchObject({ rollouts: 2, right: 1 })
  })

  test('the rollout for whose sake a state was looked at says nothing of its value', () => {
    const state = first!.children.get('2')!
    state.biased = 1
    expect(worthOf(state)).toBe(1)
  })
})

test('Q + U as worked out by hand', () => {
  const state = { ...rootState(Int32Array.of(1)), rollouts: 4 }
  // 0.5^0.25 * 0.9^0.5 = 0.798, 0.5^0.75 * 0.9^0.5 = 0.564
  expect(priority({ ...state, right: 3 }, 250, 0)).toBeCloseTo(0.79774, 5)
  expect(priority({ ...state, right: 1 }, 250, 0)).toBeCloseTo(0.56409, 5)
  // 0.125 * sqrt(10) / 3 = 0.132 more
  const visited = { ...state, right: 3, visits: 2 }
  expect(priority(visited, 250, 10) - priority(visited, 250, 0)).toBeCloseTo(0.13176, 5)
  expect(priority({ ...state, right: 2 }, 10, 4, { alpha: 1, beta: 1, cPuct: 1 })).toBe(3)
})

describe('a search', () => {
  // from [1] two of four end right, from [1, 2] and beyond none
  const world = endsRight(p => (p.length < 2 ? 2 : 0))

  test('measures the problem, then the middles of where the first error may be', () => {
    const search = omega({ completions: 4, seed: 1, searches: 1 })
    const said = talk(search.label(workOf(wrong, right)), world)
    expect(said.rounds).toEqual([
      [{ prefix: [], n: 2 }], // two solutions are known
      [{ prefix: [1, 2], n: 4 }], // the wrong one's own end does not count
      // of [1] the right solution is known, and four are wanted beside the wrong one
      [{ prefix: [1], n: 3 }],
    ])
    expect(said.value.map(({ labelled }) => [labelled.id, labelled.labels_S])).toEqual([
      ['wrong', [3 / 4, 0, null, 0]],
      ['right', [3 / 4, 1]],
    ])
    expect(said.value[0]!.labelled).toMatchObject({ meaning: 'value', source: 'omega' })
  })

  test('for rightness a state with a right rollout needs no more', () => {
    const search = omega({ completions: 4, seed: 1, searches: 1, labels: 'rightness' })
    const said = talk(search.label(workOf(wrong, right)), world)
    expect(said.rounds).toEqual([[{ prefix: [1, 2], n: 4 }]])
    const labels = Object.fromEntries(
      said.value.map(one => [one.labelled.id, one.labelled.labels_S]),
    )
    expect(labels).toEqual({ wrong: [1, 0, null, null], right: [1, 1] })
  })

  test('goes on with the rollouts that it left, until no wrong one is left or it has searched enough', () => {
    const options = { completions: 4, seed: 1 }
    const one = talk(searchTree(workOf(wrong, right), { ...options, searches: 1 }), world).value
    const all = talk(searchTree(workOf(wrong, right), { ...options, searches: null }), world).value
    const visits = (tree: typeof one): number =>
      [...states(tree.root)].reduce((sum, state) => sum + state.visits, 0)
    expect(visits(one)).toBe(1)
    expect(visits(all)).toBeGreaterThan(1)
    const open = all.rollouts.filter(
      ({ right, from }) => !right && worthOf(from) > 0 && worthOf(from) < 1,
    )
    expect(open.length).toBeGreaterThan(0) // and every one of them was searched
    expect(visits(all)).toBe(new Set(open.map(({ path }) => path.at(-1))).size)
  })

  test('of the given solutions alone leaves those that it found', () => {
    const given = { completions: 4, seed: 1, from: 'given', searches: null } as const
    const tree = talk(searchTree(workOf(wrong, right), given), world).value
    expect([...states(tree.root)].reduce((sum, { visits }) => sum + visits, 0)).toBe(1)
  })

  test('of given solutions that are all right asks nothing', () => {
    const given = { completions: 4, seed: 1, from: 'given' } as const
    const said = talk(omega(given).label(workOf(right)), world)
    expect([said.value[0]!.labelled.labels_S, said.rounds]).toEqual([[null, 1], []])
  })

  test('the same rollout is searched once', () => {
    const twin = solutionOf('twin', [1, 2, 3, 4], false)
    const options = { completions: 4, seed: 1, from: 'given', searches: null } as const
    const said = talk(
      omega({ ...options, labels: 'rightness' }).label(workOf(wrong, twin, right)),
      world,
    )
    expect(said.value.map(({ labelled }) => labelled.labels_S).slice(0, 2)).toEqual([
      [1, 0, null, null],
      [1, 0, null, null],
    ])
  })

  test('where nothing is ever right there are no labels, nor where all is', () => {
    const search = omega({ completions: 4, seed: 1, labels: 'rightness' })
    const never = talk(
      search.label(workOf(wrong)),
      endsRight(() => 0),
    )
    expect(never.value[0]).toMatchObject({
      missing: 'unsolved',
      labelled: { labels_S: [null, null, null, null] },
    })
    expect(rolloutsIn(never)).toBe(3)
    const always = talk(
      search.label(workOf(right)),
      endsRight(() => 9),
    )
    expect([always.value[0]!.labelled.labels_S, always.rounds]).toEqual([[1, 1], []])
  })

  test('seeds are those of the state, so that a search that is done again finds the same', () => {
    const search = () => talk(omega({ completions: 4, seed: 1 }).label(workOf(wrong, right)), world)
    const [one, two] = [search(), search()]
    expect(one.seeds).toEqual(two.seeds)
    expect(new Set(one.seeds).size).toBe(one.seeds.length)
  })
})

test('the tree is written as MATH-APS writes it, and read back', () => {
  const world = endsRight(p => (p.length < 2 ? 2 : 0))
  const options = { completions: 4, seed: 1, searches: 1 }
  const tree = talk(searchTree(workOf(wrong, right), options), world).value
  const record = treeRecord(tree, 4)
  expect(record).toMatchObject({
    question: 'q',
    final_answer: '1',
    reasoning_steps: { text: 'q', mc_value: 0.75 },
  })
  const read = stepFormats['math-aps-tree'].read(record, { where: 'here', id: 't' }, {})
  const found = read.map(({ steps, labels_S }) => [steps.join('|'), labels_S])
  expect(found).toContainEqual(['step 1|step 9', [0.75, 1]])
  expect(found).toContainEqual(['step 1|step 2|step 3\n\nstep 4', [0.75, 0, 0]])
  // what was sampled from the problem, and has been measured nowhere before its end
  expect(found).toContainEqual(['step 1000', [1]])
})
