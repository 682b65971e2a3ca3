import { expect, test } from 'vitest'
import { whitened, withMore } from '../../src/numbers/moments.ts'
import { deviation, mean } from '../../src/numbers/numeric.ts'
import { normal, random } from '../../src/numbers/random.ts'
import { gradientOf, outputsOf, twoLayers } from '../../src/numbers/two-layers.ts'
import { novelty, type Seen } from '../../src/rewards/novelty.ts'
import { exampleGroup } from '../example-groups.ts'

/** A model whose state at a token is that of its id. */
const model = (states: readonly (readonly number[])[], scale = 1) => ({
  hidden: async (sequences: readonly Int32Array[]) =>
    sequences.map(ids =>
      Float32Array.from([...ids].flatMap(id => states[id]!.map(x => scale * x))),
    ),
})
const draw = random(3)
const states = Array.from({ length: 8 }, () => Array.from({ length: 5 }, () => normal(draw)))
const visited = exampleGroup([1, 1, 1, 1]) // its tokens are 0 to 3
const other = exampleGroup({
  ...visited.rollouts[0]!,
  ids: Int32Array.of(7, 6, 5, 4),
})

const bonuses = async (seen: Seen | null, group = visited, scale = 1) => {
  const { scorer, next } = novelty(model(states, scale), { seen, seed: 1 })
  const [found] = await scorer([group])
  return { bonuses: [...found!.steps_G_S[0]!], seen: next()! }
}

test('the bonus of what is seen again tends to 0, that of something fresh does not (arXiv:1810.12894)', async () => {
  const first = await bonuses(null)
  let seen = first.seen
  for (let round = 0; round < 60; round++) seen = (await bonuses(seen)).seen
  const [again, fresh] = [await bonuses(seen), await bonuses(seen, other)]
  expect(mean(again.bonuses)).toBeLessThan(0.2 * mean(first.bonuses))
  expect(mean(fresh.bonuses)).toBeGreaterThan(5 * mean(again.bonuses))
})

test('the size of the states makes no difference, and what is remembered is plain data', async () => {
  const [plain, large] = [await bonuses(null), await bonuses(null, visited, 10)]
  for (const [s, bonus] of large.bonuses.entries()) expect(bonus).toBeCloseTo(plain.bonuses[s]!, 3)
  const stored = JSON.parse(JSON.stringify(plain.seen)) as Seen
  expect(await bonuses(stored, other)).toEqual(await bonuses(plain.seen, other))
})

test('slopes of the network are those of central differences', () => {
  const net = twoLayers({ inputs: 3, hidden: 4, outputs: 2 }, random(5))
  const xs = [
    [0.4, -1, 2],
    [1, 0.3, -0.7],
  ]
  const loss = (weights: readonly number[]) =>
    outputsOf({ ...net, weights }, xs)
      .flat()
      .reduce((sum, y) => sum + y ** 2 / 2, 0)
  const gradient = gradientOf(net, xs, said => said)
  for (const [i, w] of net.weights.entries()) {
    const at = (d: number) => loss(net.weights.with(i, w + d))
    expect(gradient[i]).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 5)
  }
  expect(outputsOf(twoLayers(net, random(5), 0), xs)).toEqual([
    [0, 0],
    [0, 0],
  ])
})

test('running moments are those of all that came, in whatever parts', () => {
  const xs = Array.from({ length: 20 }, () => [normal(draw), 3 * normal(draw)])
  const parts = withMore(withMore(null, xs.slice(0, 7)), xs.slice(7))
  for (const i of [0, 1]) {
    const of = xs.map(x => x[i]!)
    expect(parts.mean[i]).toBeCloseTo(mean(of), 9)
    expect(Math.sqrt(parts.squares[i]! / parts.count)).toBeCloseTo(deviation(of), 9)
  }
  expect(whitened(parts, [1e9, parts.mean[1]!])).toEqual([5, 0])
})
