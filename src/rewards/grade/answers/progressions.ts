// Lists with an ellipsis whose elements are known: arithmetic progressions of whole numbers.

import { integer } from '../algebra/rational.ts'
import { limits } from '../limits.ts'
import { type Answer, number } from './answer.ts'

/** A list with what an ellipsis between two of its elements leaves out, where that is plain; else the list as it is. */
export function filled(items: readonly Answer[]): readonly Answer[] {
  const at = items.findIndex(isEllipsis)
  if (at < 2) return items
  const start = wholes(items.slice(0, at))
  const end = wholes(items.slice(at + 1))
  if (!start || !end) return items
  const step = start[1] - start[0]
  if (step === 0n || !isProgression(start, step)) return items
  if (end.length === 0) return start.length > 3 ? [...items.slice(0, 3), items[at]] : items
  const [last, next] = [start.at(-1)!, end[0]]
  const count = (next - last) / step // elements from the last before the ellipsis to the first behind it
  const plain = last + count * step === next && count > 0n && isProgression(end, step)
  if (!plain || count > limits.elements || isDoubtful(start, next)) return items
  const between = Array.from({ length: Number(count) - 1 }, (_, k) =>
    number(integer(last + BigInt(k + 1) * step)),
  )
  return [...items.slice(0, at), ...between, ...items.slice(at + 1)]
}

/** Whether 2, 4, ..., 16 may as well be powers of two. */
function isDoubtful(start: readonly bigint[], next: bigint): boolean {
  const [first, second] = start
  if (start.length > 2 || second === first + 1n || first === 0n || second % first !== 0n)
    return false
  const ratio = second / first
  if (ratio < 2n) return false
  let power = second
  while (power < next) power *= ratio
  return power === next
}

function isProgression(values: readonly bigint[], step: bigint): boolean {
  return values.every((value, i) => i === 0 || value - values[i - 1] === step)
}

function wholes(items: readonly Answer[]): bigint[] | null {
  const values = items.map(wholeOf)
  return values.includes(null) ? null : (values as bigint[])
}

function wholeOf(item: Answer): bigint | null {
  if (item.kind === 'call' && item.name === 'neg') {
    const size = wholeOf(item.args[0])
    return size === null ? null : -size
  }
  return item.kind === 'number' && item.value.d === 1n ? item.value.n : null
}

function isEllipsis(item: Answer): boolean {
  return item.kind === 'symbol' && item.name === '...'
}
