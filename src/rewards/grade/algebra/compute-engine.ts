// The algebra library behind the kernel's interface. It gets trees, never text: its parser keeps state
// between answers, and its own notion of equality rounds. It has no hard time limit, so only small
// trees are handed to it, and batches ask it in a worker that can be ended.

import { createRequire } from 'node:module'
import type { Expression } from '../answers/answer.ts'
import type { Kernel } from './kernel.ts'
import { symbolsOf, wholeSymbols } from './sample.ts'

type Library = typeof import('@cortex-js/compute-engine')
type Engine = InstanceType<Library['ComputeEngine']>
type MathJson = Parameters<Engine['expr']>[0]

const digits = 60
const mostNodes = 120
const timeLimit = 1000 // milliseconds of one question, as far as the library looks at the clock

// The built package carries the one file that is needed (scripts/carry-algebra.mjs).
const place = import.meta.url.endsWith('.ts')
  ? '@cortex-js/compute-engine'
  : '../../../carried/compute-engine.cjs'

let engine: Engine | null = null

/** The kernel of @cortex-js/compute-engine; the library is loaded at the first question. */
export const computeEngine: Kernel = {
  same(a, b) {
    if (!isSmall(a) || !isSmall(b)) return null
    const names = new Map([...symbolsOf(a), ...symbolsOf(b)].map(name => [name, '']))
    for (const [i, name] of [...names.keys()].entries()) names.set(name, `v${i + 1}`)
    const [x, y] = [mathJson(a, names), mathJson(b, names)]
    if (x === null || y === null) return null
    const ce = loaded()
    ce.pushScope()
    try {
      return ce.withTimeLimit(timeLimit, () =>
        proved(ce, x, y) ? 'symbolic' : digitsAgree(ce, x, y, pointFor(names, [a, b])),
      )
    } catch {
      return null // what the library cannot do is no verdict
    } finally {
      ce.popScope()
    }
  },
}

function loaded(): Engine {
  if (engine) return engine
  const library = createRequire(import.meta.url)(place) as Library
  engine = new library.ComputeEngine()
  engine.precision = digits
  engine.tolerance = 10 ** (2 - digits) // the default takes 1/2004! for zero
  return engine
}

function proved(ce: Engine, x: MathJson, y: MathJson): boolean {
  const difference = ce.expr(['Subtract', x, y] as MathJson)
  const nought = ce.expr(0)
  if (difference.simplify().isSame(nought)) return true
  return ce
    .expr(['ExpandAll', difference] as MathJson)
    .evaluate()
    .simplify()
    .isSame(nought)
}

/** Whether the values agree to many digits where the symbols have fixed values. */
function digitsAgree(
  ce: Engine,
  x: MathJson,
  y: MathJson,
  point: Readonly<Record<string, MathJson>>,
) {
  const at = Object.fromEntries(
    Object.entries(point).map(([name, value]) => [name, ce.expr(value)]),
  )
  const [difference, size] = [['Subtract', x, y], x].map(e =>
    ce
      .expr(['Abs', e] as MathJson)
      .subs(at)
      .N(),
  )
  const [d, s] = [difference.toString(), size.toString()].map(Number)
  if (!Number.isFinite(d) || !Number.isFinite(s)) return null
  if (d <= 10 ** (12 - digits) * Math.max(s, 1e-300)) return 'numeric'
  return s > 0 ? false : null
}

/** A fraction for every symbol, a whole number for those that count something. */
function pointFor(names: ReadonlyMap<string, string>, sides: readonly Expression[]) {
  const whole = new Set(sides.flatMap(wholeSymbols))
  return Object.fromEntries(
    [...names].map(([name, short], i): [string, MathJson] => [
      short,
      whole.has(name) ? 3 + 2 * i : ['Rational', 7 + 4 * i, 5 + 2 * i],
    ]),
  )
}

function isSmall(e: Expression): boolean {
  const open = [e]
  for (let count = 0; open.length > 0; count++) {
    const next = open.pop()!
    if (count > mostNodes) return false
    if (
      next.kind === 'number' &&
      (next.value.n.toString().length > 40 || next.value.d.toString().length > 40)
    )
      return false
    if (next.kind !== 'call') continue
    const [, bound] = next.args
    if (
      next.name === 'pow' &&
      bound.kind === 'number' &&
      (bound.value.n > 64n || bound.value.d > 64n)
    )
      return false
    if (next.name === 'pow' && depthOfPowers(next) > 3) return false
    if (next.name === 'factorial' || next.name === 'binom') return false
    open.push(...next.args)
  }
  return true
}

function depthOfPowers(e: Expression): number {
  if (e.kind !== 'call') return 0
  const inner = Math.max(0, ...e.args.map(depthOfPowers))
  return inner + (e.name === 'pow' ? 1 : 0)
}

const names: Readonly<Record<string, string>> = {
  add: 'Add', mixed: 'Add', neg: 'Negate', mul: 'Multiply', div: 'Divide', pow: 'Power', sqrt: 'Sqrt', root: 'Root',
  sin: 'Sin', cos: 'Cos', tan: 'Tan', cot: 'Cot', sec: 'Sec', csc: 'Csc', sinh: 'Sinh', cosh: 'Cosh', tanh: 'Tanh',
  arcsin: 'Arcsin', arccos: 'Arccos', arctan: 'Arctan', ln: 'Ln', log: 'Log', abs: 'Abs', floor: 'Floor', ceil: 'Ceil',
} // biome-ignore format: a table

const constants: Readonly<Record<string, string>> = {
  pi: 'Pi',
  e: 'ExponentialE',
  i: 'ImaginaryUnit',
}

/** The library's form of an expression; null where it has parts that the library does not know. */
function mathJson(e: Expression, symbols: ReadonlyMap<string, string>): MathJson | null {
  if (e.kind === 'number') {
    const [n, d] = [e.value.n, e.value.d].map(value => ({ num: value.toString() }))
    return (e.value.d === 1n ? n : ['Divide', n, d]) as MathJson
  }
  if (e.kind === 'symbol') return symbols.get(e.name) ?? constants[e.name] ?? null
  const args = e.args.map(arg => mathJson(arg, symbols))
  if (args.includes(null)) return null
  if (e.name === 'percent') return ['Divide', args[0], 100] as MathJson
  if (e.name === 'degree') return ['Multiply', args[0], ['Divide', 'Pi', 180]] as MathJson
  return Object.hasOwn(names, e.name) ? ([names[e.name], ...args] as MathJson) : null
}
