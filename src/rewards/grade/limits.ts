// What an answer may cost. Every limit is checked before the work that it bounds, so that grading
// ends whatever was written; what these limits do not bound goes to the pool.

/** The limits of one grading. */
export const limits = {
  text: 200_000, // characters of a text that are looked at, from its end
  answer: 4_000, // characters of an answer
  tokens: 2_000, // of an answer
  depth: 64, // of nested groups
  nodes: 4_000, // of a parsed answer
  elements: 200, // of a list, set or matrix
  digits: 4_000, // of a number
  bits: 30_000, // of an exact number that is worked out
  terms: 400, // of an expanded polynomial
  steps: 400_000, // products of terms, and operations on numbers, in one grading
  quickSteps: 20_000, // of these, before a batch hands a grading to a thread
  milliseconds: 1_500, // of one grading, whatever its steps take
  range: 1_000, // terms of a sum or product
  inThread: 400, // characters of an answer that a batch grades in its own thread
} as const

/** Thrown inside the grader where a limit is passed; `grade` turns it into a reason. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge'
}

/** Thrown inside the grader where a text is no answer; `grade` turns it into a reason. */
export class Unparsable extends Error {
  override readonly name = 'Unparsable'
}
