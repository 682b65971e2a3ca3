import { unlessData } from '../errors.ts'
import { unspelled } from '../tokenizer/unspelled.ts'
import type { Problem } from '../types.ts'
import type { Models } from './models.ts'

/** Tells problems that models can read from others, and remembers why they cannot. */
export interface Readable {
  readonly fits: (problem: Problem) => boolean
  /** Why those that did not fit did not: 'the vocabulary lacks "Q"'. */
  readonly why: () => string
}

type Readers = Pick<Models, 'tokenizer' | 'judge'> & {
  readonly policy: { readonly info: Pick<Models['policy']['info'], 'maxPositions'> }
}

/** Whether models can read a prompt and what is sampled after it, `maxTokens` of it at most. */
export function readableBy({ policy, tokenizer, judge }: Readers, maxTokens: number): Readable {
  const { maxPositions } = policy.info
  const cannotSpell: string[] = []
  let tooLong = 0
  return {
    fits: ({ prompt }) => {
      const ids = unlessData(() => tokenizer.encode(prompt))
      if (ids === null) {
        cannotSpell.push(prompt)
        return false
      }
      const whole = Math.min(ids.length + maxTokens, maxPositions)
      const fit = ids.length < maxPositions && whole <= (judge?.positions ?? Infinity)
      if (!fit) tooLong++
      return fit
    },
    why: () => {
      const letters = unspelled(tokenizer, cannotSpell).map(letter => JSON.stringify(letter))
      return [
        ...(tooLong > 0 ? ['too long for the model'] : []),
        ...(letters.length > 0 ? [`the vocabulary lacks ${letters.join(', ')}`] : []),
        ...(cannotSpell.length > 0 && letters.length === 0 ? ['they cannot be encoded'] : []),
      ].join(', or ')
    },
  }
}
