// Solutions as implicit reward models learn them: whole responses with their outcomes, and no label of a step.

import type { Engine } from '../../engine/engine.ts'
import type { Window } from '../score/windows.ts'
import type { LabelledSolution } from '../solution.ts'
import { laidOut } from './examples.ts'
import type { Examples, LeftOut, View } from './methods/method.ts'
import { type ResponseExample, withReference } from './objective.ts'

type KnownResponse = ResponseExample & { readonly problem: string; readonly outcome: number }
type Known = Examples<KnownResponse>

/** Every solution whose outcome is known, with what the reference says of it. */
export async function responsesOf(
  solutions: readonly LabelledSolution[],
  view: View,
  reference: Engine,
  signal?: AbortSignal,
): Promise<Known> {
  const whole: View = { ...view, long: 'leave-out' } // an outcome is of all of it
  const unknown = 'nobody knows whether its answer is right (answerRight)'
  const make = (
    solution: LabelledSolution,
    [window]: readonly Window[],
  ): Omit<Known['examples'][number], 'reference_T'>[] => {
    if (solution.answerRight === null || window === undefined) return []
    const { ids, promptLength } = window.reading
    const outcome = Number(solution.answerRight)
    const problem = solution.problem.prompt
    return [{ ids, from: Math.max(1, promptLength), outcome, problem }]
  }
  const { examples, leftOut } = laidOut(solutions, whole, view.positions, make, unknown)
  return { examples: await referred(examples, reference, signal), leftOut }
}

async function referred<E extends Omit<ResponseExample, 'reference_T'>>(
  examples: readonly E[],
  reference: Engine,
  signal?: AbortSignal,
): Promise<(E & Pick<ResponseExample, 'reference_T'>)[]> {
  const known: (E & Pick<ResponseExample, 'reference_T'>)[] = []
  const chunk = 256 // so that it can be stopped
  for (let at = 0; at < examples.length; at += chunk) {
    signal?.throwIfAborted()
    known.push(...(await withReference(reference, examples.slice(at, at + chunk), signal)))
  }
  return known
}

/**
 * Each response beside the answer to the next other problem, as if it were one to this (outcome null): what a model says of that tells how
 * far it has moved from its reference at all. One that would be of more than `positions` tokens is left away.
 */
export async function besideOthers(
  examples: readonly KnownResponse[],
  positions: number,
  reference: Engine,
  signal?: AbortSignal,
): Promise<(readonly ResponseExample[])[]> {
  const others = examples.map(({ ids, from, problem }, i) => {
    let step = 1
    while (step < examples.length && examples[(i + step) % examples.length]!.problem === problem)
      step++
    const other = examples[(i + step) % examples.length]!
    if (step === examples.length || from + other.ids.length - other.from > positions) return null
    const read = [...ids.subarray(0, from), ...other.ids.subarray(other.from)]
    return { ids: Int32Array.from(read), from, outcome: null }
  })
  const mixed = await referred(
    others.filter(other => other !== null),
    reference,
    signal,
  )
  let at = 0
  return examples.map((own, i) => (others[i] === null ? [own] : [own, mixed[at++]!]))
}

/**
 * Pairs of a right and a wrong response to the same problem, in order: every response that has a counterpart is in at least
 * one, and no problem has more pairs than responses of its commoner outcome.
 */
export function pairsOf<E extends { readonly problem: string; readonly outcome: number }>({
  examples,
  leftOut,
}: Examples<E>): Examples<readonly [right: Omit<E, 'problem'>, wrong: Omit<E, 'problem'>]> {
  type Response = Omit<E, 'problem'>
  const byProblem = new Map<string, { right: Response[]; wrong: Response[] }>()
  for (const { problem, ...response } of examples) {
    const own = byProblem.get(problem) ?? { right: [], wrong: [] }
    byProblem.set(problem, own)
    own[response.outcome === 1 ? 'right' : 'wrong'].push(response)
  }
  const pairs: [Response, Response][] = []
  let alone = 0
  for (const { right, wrong } of byProblem.values()) {
    if (right.length === 0 || wrong.length === 0) alone += right.length + wrong.length
    else
      for (let k = 0; k < Math.max(right.length, wrong.length); k++)
        pairs.push([right[k % right.length]!, wrong[k % wrong.length]!])
  }
  const first = 'no response to the same problem came out otherwise'
  const unpaired: LeftOut[] = alone === 0 ? [] : [{ count: alone, first }]
  return { examples: pairs, leftOut: [...leftOut, ...unpaired] }
}
