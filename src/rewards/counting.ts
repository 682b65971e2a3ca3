import { VerifierError } from '../errors.ts'
import { begun } from './begun.ts'
import type { Answer, Failures, Grader } from './grader.ts'
import { printable } from './printable.ts'

/** What a judge made of an answer: a reward, nothing, or why it could not be judged. */
export type Judged = number | null | { readonly failed: string }

const told = 5 // messages that are kept of those that differ
const longest = 1000 // characters of one

/**
 * A grader of a judge that can fail. A failure is counted and is no reward; so is a number that is not finite. Where nothing
 * of what was asked could be judged it throws VerifierError: there is nothing to learn from, and something to mend.
 */
export function counting(
  name: string,
  judge: (answers: readonly Answer[], signal?: AbortSignal) => Promise<readonly Judged[]>,
  {
    gradable = () => true,
    close = async () => {},
  }: Partial<Pick<Grader, 'gradable' | 'close'>> = {},
): Grader {
  const { begin, ask } = begun(judge, ({ rollout }) => rollout)
  let count = 0
  const messages = new Set<string>()
  return {
    name,
    gradable,
    close,
    begin,
    grade: async (answers, signal) => {
      const found = (await ask(answers, signal)).map(finite)
      const failed = found.filter(one => typeof one === 'object' && one !== null)
      count += failed.length
      for (const one of failed)
        if (messages.size < told) messages.add(printable(one.failed, longest))
      if (failed.length > 0 && failed.length === answers.length)
        throw new VerifierError(
          `${name} could judge none of ${failed.length} answers: ${printable(failed[0]!.failed, longest)}`,
        )
      return found.map(one => (typeof one === 'object' ? null : one))
    },
    takeFailures: () => {
      const failures: Failures = { count, messages: [...messages] }
      count = 0
      messages.clear()
      return failures
    },
  }
}

function finite(judged: Judged): Judged {
  return typeof judged === 'number' && !Number.isFinite(judged)
    ? { failed: `gave ${judged}` }
    : judged
}
