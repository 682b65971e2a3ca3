import { expect, onTestFinished } from 'vitest'
import { Graph, type Value } from '../../../src/engine/onnx/graph.ts'
import { type Fed, type Feeds, openSession } from '../../../src/engine/onnx/session.ts'
import { normal, random } from '../../../src/numbers/random.ts'

/** Where operations are checked: .ci/run does so on both. */
const device = process.env.MINFORM_WEBGPU === '1' ? 'webgpu' : 'cpu'

/** Adds an operation to a graph whose inputs are named as what is fed. */
export type Build = (g: Graph, inputs: Readonly<Record<string, Value>>) => readonly Value[]

interface Floats extends Fed {
  readonly data: Float32Array
}

/** softmax(x) over the last axis: an operation whose gradient depends on where it is taken, of any shape. */
export function bent(g: Graph, x: Value): Value {
  const p = g.node('Softmax', [x], x.shape, { attributes: { axis: -1 } })
  g.record([x], [p], ([dp]) => {
    const product = g.node('Mul', [p, dp!], x.shape)
    const sum = g.node('ReduceSum', [product, g.integers([-1])], [...x.shape.slice(0, -1), 1])
    return [g.node('Sub', [product, g.node('Mul', [p, sum], x.shape)], x.shape)]
  })
  return p
}

/** Random numbers of a shape, always the same. */
export function tensor(...shape: number[]): Floats {
  const draw = random(3, 'tensor', ...shape)
  const size = shape.reduce((a, b) => a * b, 1)
  return { data: Float32Array.from({ length: size }, () => normal(draw)), shape }
}

/** Given numbers of a shape. */
export function floats(shape: readonly number[], ...values: number[]): Floats {
  return { data: Float32Array.from(values), shape }
}

/** Given integers of a shape. */
export function integers(shape: readonly number[], ...values: number[]): Fed {
  return { data: BigInt64Array.from(values, BigInt), shape }
}

/** A graph with these inputs. */
export function graphOf(
  feeds: Feeds,
  how?: { readonly learns: boolean },
): { g: Graph; inputs: Readonly<Record<string, Value>> } {
  const g = new Graph(device, how)
  const inputs = Object.entries(feeds).map(([name, { data, shape }]) => {
    const type = data instanceof BigInt64Array ? 'int64' : 'float32'
    return [name, g.input(name, type, shape)] as const
  })
  return { g, inputs: Object.fromEntries(inputs) }
}

/** Runs a graph once: the numbers of each output. */
export async function forward(
  feeds: Feeds,
  build: Build,
  how?: { readonly learns: boolean },
): Promise<number[][]> {
  const run = await compile(feeds, build, how)
  return run(feeds)
}

/**
 * Asserts that the gradients of sum(c * y), for random c, are its central differences in every entry of the inputs
 * `of`.
 */
export async function checkGradients(
  feeds: Feeds,
  of: readonly string[],
  build: Build,
): Promise<void> {
  const run = await compile(feeds, build)
  const c = (await run(feeds)).map(y => tensor(y.length))
  const objective = async (moved: Feeds): Promise<number> => {
    const terms = (await run(moved)).flatMap((y, i) => y.map((value, j) => value * c[i]!.data[j]!))
    return terms.reduce((a, b) => a + b, 0)
  }
  const found = await backward(feeds, c, of, build)
  for (const [i, name] of of.entries()) {
    const slopes = await differences(feeds, name, objective)
    expect(found[i], `gradient of ${name}`).toEqual(slopes.map(x => expect.closeTo(x, 3)))
  }
}

async function differences(
  feeds: Feeds,
  name: string,
  objective: (feeds: Feeds) => Promise<number>,
): Promise<number[]> {
  const h = 1e-2
  const { data, shape } = feeds[name] as Floats
  const slopes: number[] = []
  for (let j = 0; j < data.length; j++) {
    const moved = (by: number): Feeds => {
      const values = data.slice()
      values[j]! += by
      return { ...feeds, [name]: { data: values, shape } }
    }
    slopes.push(((await objective(moved(h))) - (await objective(moved(-h)))) / (2 * h))
  }
  return slopes
}

async function backward(
  feeds: Feeds,
  c: readonly Floats[],
  of: readonly string[],
  build: Build,
): Promise<number[][]> {
  const seeds = Object.fromEntries(c.map((fed, i) => [`dy${i}`, fed]))
  return forward({ ...feeds, ...seeds }, (g, inputs) => {
    const started = build(g, inputs).map((y, i) => {
      const shape = g.node('Shape', [y], [y.shape.length])
      return { of: y, gradient: g.node('Reshape', [inputs[`dy${i}`]!, shape], y.shape) }
    })
    const gradients = g.gradients(
      started,
      of.map(name => inputs[name]!),
    )
    // Identity, since two inputs may have one gradient
    return gradients.map(gradient => g.node('Identity', [gradient], gradient.shape))
  })
}

async function compile(
  feeds: Feeds,
  build: Build,
  how?: { readonly learns: boolean },
): Promise<(feeds: Feeds) => Promise<number[][]>> {
  const { g, inputs } = graphOf(feeds, how)
  const outputs = build(g, inputs)
  const session = await openSession(
    g.build(Object.fromEntries(outputs.map(y => [`y:${y.name}`, y]))),
    { device, threads: 1 },
  )
  onTestFinished(() => session.close())
  return async given => {
    const results = await session.run(given)
    return outputs.map(y => Array.from(results[`y:${y.name}`]!))
  }
}
