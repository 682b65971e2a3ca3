import { type Graph, requireShapes, sameShape, type Value } from '../graph.ts'

/**
 * y = gate * sigmoid(gate) * up, element by element (SwiGLU, arXiv:2002.05202).
 * With s = sigmoid(gate), a = gate s: dup = dy a, dgate = dy up (s + a - a s).
 */
export function swiglu(g: Graph, gate: Value, up: Value): Value {
  requireShapes(sameShape(gate.shape, up.shape), 'swiglu', 'two equal shapes', gate, up)
  const binary = (op: string, a: Value, b: Value): Value => g.node(op, [a, b], gate.shape)
  const sigmoid = g.node('Sigmoid', [gate], gate.shape)
  const silu = binary('Mul', gate, sigmoid)
  const y = binary('Mul', silu, up)
  g.record([gate, up], [y], ([dy]) => {
    const slope = binary('Sub', binary('Add', sigmoid, silu), binary('Mul', silu, sigmoid))
    return [binary('Mul', binary('Mul', dy!, up), slope), binary('Mul', dy!, silu)]
  })
  return y
}
