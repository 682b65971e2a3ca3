import type { Asked } from './engine.ts'

/** The tokens of a sequence, alone or with what is asked of it. */
export function askedIds(asked: Int32Array | { readonly ids: Int32Array }): Int32Array {
  return asked instanceof Int32Array ? asked : asked.ids
}

/** The positions at which it is asked: all, or some of them, in order and once each. */
export function askedAt(asked: Asked): readonly number[] {
  return asked instanceof Int32Array
    ? [...asked.keys()]
    : [...new Set(asked.at)].sort((a, b) => a - b)
}
