// What a grader says of an answer.

/** How it was decided: as text, exactly, by a proof that no such number is that small, or by digits past all that could hide a difference. */
export type Method = 'string' | 'exact' | 'symbolic' | 'numeric'

/** Why an answer is not right. */
export type Reason =
  | 'no-answer'
  | 'unparsable-pred'
  | 'unparsable-gold'
  | 'different'
  | 'undecided' // alike as far as the budget reached
  | 'timeout'
  | 'too-large'
  | 'failed' // a defect of the grader, which must not end a run: what it concerns counts as not right

/** Null where the known answer cannot be graded: never a wrong answer. */
export type Grade =
  | { readonly correct: true; readonly reason: 'equal'; readonly method: Method }
  | {
      readonly correct: false
      readonly reason: Exclude<Reason, 'unparsable-gold'>
      readonly method: Method | null
    }
  | { readonly correct: null; readonly reason: 'unparsable-gold'; readonly method: null }

export function equal(method: Method): Grade {
  return { correct: true, reason: 'equal', method }
}

export function wrong(
  reason: Exclude<Reason, 'unparsable-gold'>,
  method: Method | null = null,
): Grade {
  return { correct: false, reason, method }
}

export const ungradable: Grade = { correct: null, reason: 'unparsable-gold', method: null }
