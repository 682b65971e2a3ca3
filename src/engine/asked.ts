import type { Asked } from './engine.ts'

/** The tokens of a sequence. */
export function askedIds(asked: Asked): Int32Array {
  return asked instanceof Int32Array ? asked : asked.ids
}

/** The positions at which it is asked: all, or some of them, in order and once each. */
export function askedAt(asked: Asked): readonly number[] {
  return asked instanceof Int32Array
    ? [...asked.keys()]
    : [...new Set(asked.at)].sort((a, b) => a - b)
}
