// A small network that a method keeps beside its memory: plain numbers, learned by gradient descent.

import { normal, type Random } from './random.ts'

/** W2 relu(W1 x + b1) + b2, its weights row by row: W1, b1, W2, b2. */
export type TwoLayers = {
  readonly inputs: number
  readonly hidden: number
  readonly outputs: number
  readonly weights: readonly number[]
}

export type Sizes = Pick<TwoLayers, 'inputs' | 'hidden' | 'outputs'>

/** A network of random first layers; its last is random too, or 0 and says 0 of everything. */
export function twoLayers({ inputs, hidden, outputs }: Sizes, draw: Random, last = 1): TwoLayers {
  const some = (n: number, size: number): number[] =>
    Array.from({ length: n }, () => size * normal(draw))
  const zeros = (n: number): number[] => new Array<number>(n).fill(0)
  const first = [...some(inputs * hidden, Math.sqrt(2 / inputs)), ...zeros(hidden)]
  const second = [...some(hidden * outputs, last * Math.sqrt(1 / hidden)), ...zeros(outputs)]
  return { inputs, hidden, outputs, weights: [...first, ...second] }
}

/** What the network says of each input, in order. */
export function outputsOf(net: TwoLayers, xs: readonly ArrayLike<number>[]): number[][] {
  return xs.map(x => forward(net, x).outputs)
}

/** The slope of a loss for each output of each input, given all outputs. */
export type SlopesOf = (outputs: readonly (readonly number[])[]) => readonly (readonly number[])[]

/** One step of gradient descent, the gradient cut to the length 1. */
export function descended(
  net: TwoLayers,
  xs: readonly ArrayLike<number>[],
  slopesOf: SlopesOf,
  rate: number,
): TwoLayers {
  const gradient = gradientOf(net, xs, slopesOf)
  const length = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0))
  const scale = rate / Math.max(length, 1)
  return { ...net, weights: net.weights.map((w, i) => w - scale * gradient[i]!) }
}

/** The slope of a loss for each weight. */
export function gradientOf(
  net: TwoLayers,
  xs: readonly ArrayLike<number>[],
  slopesOf: SlopesOf,
): number[] {
  const found = xs.map(x => forward(net, x))
  const slopes = slopesOf(found.map(({ outputs }) => outputs))
  const gradient = net.weights.map(() => 0)
  const { inputs, hidden, outputs } = net
  const [bias1, second, bias2] = places(net)
  for (const [n, x] of xs.entries()) {
    const active = found[n]!.active
    for (let o = 0; o < outputs; o++) gradient[bias2 + o]! += slopes[n]![o]!
    for (let h = 0; h < hidden; h++) {
      if (active[h]! <= 0) continue
      let back = 0
      for (let o = 0; o < outputs; o++) {
        back += slopes[n]![o]! * net.weights[second + o * hidden + h]!
        gradient[second + o * hidden + h]! += slopes[n]![o]! * active[h]!
      }
      gradient[bias1 + h]! += back
      for (let i = 0; i < inputs; i++) gradient[h * inputs + i]! += back * x[i]!
    }
  }
  return gradient
}

function forward(net: TwoLayers, x: ArrayLike<number>) {
  const { inputs, hidden, outputs, weights } = net
  if (x.length !== inputs)
    throw new RangeError(`two layers: ${x.length} numbers for ${inputs} inputs`)
  const [bias1, second, bias2] = places(net)
  const active = Array.from({ length: hidden }, (_, h) => {
    let sum = weights[bias1 + h]!
    for (let i = 0; i < inputs; i++) sum += weights[h * inputs + i]! * x[i]!
    return Math.max(sum, 0)
  })
  const said = Array.from({ length: outputs }, (_, o) => {
    let sum = weights[bias2 + o]!
    for (let h = 0; h < hidden; h++) sum += weights[second + o * hidden + h]! * active[h]!
    return sum
  })
  return { active, outputs: said }
}

/** Where b1, W2 and b2 begin. */
function places({ inputs, hidden, outputs }: Sizes): readonly [number, number, number] {
  const second = inputs * hidden + hidden
  return [inputs * hidden, second, second + hidden * outputs]
}
