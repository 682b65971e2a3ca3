// Changes an input a little: its bytes, its text, or, where it is JSON, its values.

import { below, pick, type Random } from '../../src/numbers/random.ts'

type Change = (bytes: Buffer, draw: Random, other: Buffer) => Buffer

const most = 1 << 16 // bytes that an input grows to

/** An input that is one to four changes away from `bytes`; `other` is one to take a part of. */
export function mutated(bytes: Buffer, other: Buffer, draw: Random): Buffer {
  let found = bytes
  for (let n = 1 + below(draw, 4); n > 0; n--)
    found = pick(draw, changes)(found, draw, other).subarray(0, most)
  return found
}

const pieces = [
  ...[
    '',
    '0',
    '-1',
    '1e999',
    '-0',
    'NaN',
    'null',
    'true',
    '[]',
    '{}',
    '""',
    '\\u0000',
    '__proto__',
  ],
  ...[
    '\u202e',
    '\u200b',
    '\ud800',
    '\u001b[2J',
    '\r\n',
    '\n\n',
    '\t',
    '\ufeff',
    '\0',
    '%00',
    '../..',
  ],
  ...[
    '\\boxed{',
    '\\frac',
    '\\sqrt[',
    '{{',
    '{% for i in range(9999999) %}',
    '{%',
    '}}',
    '<script>',
  ],
  ...['9'.repeat(400), '('.repeat(3000), '['.repeat(3000), 'a'.repeat(5000), "';--", '2147483648'],
]

const numbers = [0, -1, 255, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53, 1e308, -1e-300, 0.5]

const changes: readonly Change[] = [
  (bytes, draw) => replaced(bytes, at(bytes, draw), 1, Buffer.from([below(draw, 256)])),
  (bytes, draw) => {
    const place = at(bytes, draw)
    const bit = (bytes[place] ?? 0) ^ (1 << below(draw, 8))
    return replaced(bytes, place, 1, Buffer.from([bit]))
  },
  (bytes, draw) => bytes.subarray(0, at(bytes, draw)),
  (bytes, draw) => replaced(bytes, at(bytes, draw), below(draw, 64), Buffer.alloc(0)),
  (bytes, draw) => replaced(bytes, at(bytes, draw), 0, part(bytes, draw)),
  (bytes, draw, other) => replaced(bytes, at(bytes, draw), below(draw, 32), part(other, draw)),
  (bytes, draw) =>
    replaced(bytes, at(bytes, draw), below(draw, 4), Buffer.from(pick(draw, pieces))),
  (bytes, draw) => {
    const wide = Buffer.alloc(8)
    wide.writeBigInt64LE(BigInt(Math.trunc(Math.max(-9e18, Math.min(9e18, pick(draw, numbers))))))
    return replaced(bytes, at(bytes, draw), 8, wide)
  },
  inJson,
  inJson,
  inJson,
]

function at(bytes: Buffer, draw: Random): number {
  return bytes.length === 0 ? 0 : below(draw, bytes.length)
}

function part(bytes: Buffer, draw: Random): Buffer {
  const from = at(bytes, draw)
  return bytes.subarray(from, from + 1 + below(draw, 200))
}

function replaced(bytes: Buffer, place: number, length: number, by: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, place), by, bytes.subarray(place + length)])
}

/** A value of one line of JSON becomes another: of another kind, too large, repeated, gone. */
function inJson(bytes: Buffer, draw: Random): Buffer {
  const lines = bytes.toString('utf8').split('\n')
  const line = below(draw, lines.length)
  for (const [i, text] of [[line, lines[line]!] as const, [-1, bytes.toString('utf8')] as const]) {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      continue
    }
    const changed = JSON.stringify(changedValue(value, draw)) ?? ''
    if (i < 0) return Buffer.from(changed)
    return Buffer.from(lines.with(i, changed).join('\n'))
  }
  return bytes
}

function changedValue(value: unknown, draw: Random): unknown {
  const inner = value !== null && typeof value === 'object' && draw() < 0.85
  if (!inner) return anotherValue(value, draw)
  const keys = Object.keys(value)
  if (keys.length === 0) return anotherValue(value, draw)
  const key = pick(draw, keys) as keyof typeof value
  const copy = structuredClone(value) as Record<string, unknown>
  const what = below(draw, 10)
  if (what === 0 && !Array.isArray(value)) delete copy[key]
  else if (what === 1 && Array.isArray(copy)) copy.push(...copy.slice(0, 50))
  else if (what === 2 && !Array.isArray(value))
    copy[pick(draw, pieces)] = copy[key] // of an array, 2147483648 is an index
  else copy[key] = changedValue(copy[key], draw)
  return copy
}

function anotherValue(value: unknown, draw: Random): unknown {
  const text = String(typeof value === 'string' ? value : pick(draw, pieces))
  const place = below(draw, text.length + 1)
  return pick(draw, [
    ...[null, true, [], {}, pick(draw, numbers), pick(draw, pieces), [value, value], { value }],
    text.slice(0, place) + pick(draw, pieces) + text.slice(place),
    typeof value === 'number' ? -value : text.slice(place),
  ])
}
