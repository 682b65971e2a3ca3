import type { Environment } from '../rollouts/environment.ts'
import { calculated } from './arithmetic.ts'
import { closing, lastCall } from './calls.ts'

/**
 * A calculator: behind `{12*7=}` it writes `84`, exactly, and `error` behind what it cannot work out. The form is one that
 * any tokenizer of arithmetic spells. Its parts: `calls`, and how many of them were `call_errors`.
 */
export const calculator: Environment = {
  name: 'calculator',
  stops: [closing],
  open() {
    let [calls, errors] = [0, 0]
    return {
      reply(text) {
        if (!text.includes(closing)) return null
        const value = calculated(lastCall(text))
        calls++
        if (value === null) errors++
        return value ?? 'error'
      },
      score: () => ({ parts: { calls, call_errors: errors } }),
    }
  },
}
