import type { Expression } from '../answers/answer.ts'

/** A second, slower opinion on whether two expressions are the same, asked where sampling found them to agree. */
export interface Kernel {
  /** symbolic: a proof; numeric: many digits agree; false: they do not; null: it cannot tell. */
  same(a: Expression, b: Expression): 'symbolic' | 'numeric' | false | null
}
