import type { Steps } from '../algebra/polynomial.ts'
import { limits, TooLarge } from '../limits.ts'
import type { Policy } from '../policy.ts'
import type { Method } from '../verdict.ts'
import type { Answer } from './answer.ts'

/** One comparison: what it may overlook, whom it may ask, and what it has found out. */
export interface Context {
  readonly policy: Policy
  readonly same: (gold: Answer, pred: Answer, context: Context) => boolean
  readonly state: State
}

interface State {
  /** The weakest method that the verdict rests on. */
  method: Method
  /** How the parts that differ were found to. */
  refuted: Method
  /** Whether some comparison was left undecided. */
  undecided: boolean
  /** Comparisons of parts that may still be made. */
  left: number
  /** The algebra that may still be done. */
  readonly steps: Steps
}

const order: readonly Method[] = ['string', 'exact', 'symbolic', 'numeric']

/** Notes that a part was decided in this way. */
export function by(context: Context, method: Method): true {
  if (order.indexOf(method) > order.indexOf(context.state.method)) context.state.method = method
  return true
}

/** Counts one comparison of parts. */
export function spend(context: Context): void {
  if (--context.state.left < 0) throw new TooLarge('comparisons')
}

/** A comparison that begins. */
export function begun(policy: Policy, steps: Steps, same: Context['same']): Context {
  return {
    policy,
    same,
    state: {
      method: 'string',
      refuted: 'exact',
      undecided: false,
      left: 8 * limits.elements,
      steps,
    },
  }
}
