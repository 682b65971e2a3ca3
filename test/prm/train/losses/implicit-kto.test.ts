import { expect, test } from 'vitest'
import { random } from '../../../../src/numbers/random.ts'
import { implicitKto } from '../../../../src/prm/train/losses/implicit-kto.ts'
import { ofResponses } from '../../../../src/prm/train/objective.ts'
import { besideOthers, responsesOf } from '../../../../src/prm/train/responses.ts'
import { f32 } from '../../../example-groups.ts'
import { toyPolicy } from '../../../toy.ts'
import { labelled, view } from '../views.ts'
import { responseDerivatives } from './golden.ts'

const response = (ratio: number, outcome: number | null) => ({
  policy_T: f32(ratio / 2, ratio / 2),
  reference_T: f32(0, 0),
  outcome,
})
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

test('worked out by hand: against the mean of answers to other problems (arXiv:2402.01306, eq. 8)', () => {
  const batch = [response(0.5, 1), response(0.75, null), response(-1.5, 0), response(0.25, null)]
  const { loss, terms, slopes_G_T } = implicitKto({ beta: 2, wrongWeight: 3 }).of(batch)
  // rewards 1 and -3, the model has moved by 1
  expect(terms).toBe(2)
  expect(loss).toBeCloseTo(1 - sigmoid(0) + 3 * (1 - sigmoid(4)), 6)
  expect([...slopes_G_T[0]!]).toEqual([-0.5, -0.5]) // 2 * sigmoid'(0)
  expect(slopes_G_T[2]![0]).toBeCloseTo(3 * 2 * sigmoid(4) * (1 - sigmoid(4)), 6)
  for (const g of [1, 3]) expect([...slopes_G_T[g]!]).toEqual([0, 0])
  // where the model says less of other answers than its reference, it has not moved
  const back = implicitKto({ beta: 2 }).of([response(0.5, 1), response(-9, null)]).loss
  expect(back).toBeCloseTo(1 - sigmoid(1), 6)
})

const sliced = (of: ReturnType<ReturnType<typeof implicitKto>['of']>) => ({
  ...of,
  slopes_G_T: of.slopes_G_T.slice(0, 3),
})

test('the slopes are derivatives, the baseline being a constant', () => {
  const draw = random(4)
  for (let k = 0; k < 50; k++) {
    const ratio = (): number => 4 * draw() - 2
    const others = [response(ratio(), null), response(ratio(), null)]
    const loss = implicitKto({ beta: 0.1 + draw(), wrongWeight: 0.5 + draw() })
    const own = [response(ratio(), 1), response(ratio(), 0), response(ratio(), 1)]
    responseDerivatives({ ...loss, of: some => sliced(loss.of([...some, ...others])) }, own)
  }
})

test('a policy that is its reference: 1/2 a response, right ones raised, wrong ones lowered', () => {
  const { loss, slopes_G_T } = implicitKto().of([response(0, 1), response(0, 0)])
  expect(loss).toBe(1)
  expect(slopes_G_T[0]![0]!).toBeLessThan(0)
  expect(slopes_G_T[1]![0]!).toBeGreaterThan(0)
})

test('a batch is one unit: the answers to other problems count for all of it', async () => {
  const solutions = (['q0', 'q1', 'q1'] as const).map((prompt, i) => {
    const solution = labelled(['good'], [null], { answerRight: i !== 1, id: `${i}` })
    return { ...solution, problem: { ...solution.problem, prompt } }
  })
  const reference = toyPolicy(3)
  const { examples } = await responsesOf(solutions, view, reference)
  const beside = await besideOthers(examples, 100, reference)
  // the second and third are of one problem: both are given the answer to the first
  expect(beside.map(together => together.map(({ outcome }) => outcome))).toEqual([
    [1, null],
    [0, null],
    [1, null],
  ])
  const [own, other] = beside[1]!
  expect([...other!.ids.subarray(0, other!.from)]).toEqual([...own!.ids.subarray(0, own!.from)])
  expect([...other!.ids.subarray(other!.from)]).toEqual([
    ...examples[0]!.ids.subarray(examples[0]!.from),
  ])
  const scores = await reference.score([other!.ids])
  expect(other!.reference_T).toEqual(scores[0]!.logprobs.slice(other!.from - 1))
  // too long, or nothing but one problem: only the response itself
  expect((await besideOthers(examples, 1, reference)).map(({ length }) => length)).toEqual([
    1, 1, 1,
  ])
  expect((await besideOthers(examples.slice(1), 100, reference)).flat()).toHaveLength(2)
  const loss = await ofResponses(implicitKto()).learn(toyPolicy(3), beside)
  expect(loss).toBeCloseTo(0.5, 6) // its reference is itself
})

test('refusals', () => {
  expect(() => implicitKto({ beta: 0 })).toThrow(RangeError)
  expect(() => implicitKto({ wrongWeight: Number.NaN })).toThrow('wrongWeight NaN')
})
