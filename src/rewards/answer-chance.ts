import type { Engine, Scoring } from '../engine/engine.ts'
import { unlessData } from '../errors.ts'
import type { Outcome, Scorer } from '../method.ts'
import { concat, mean } from '../numbers/numeric.ts'
import { tokensSpelling } from '../text/token-span.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import type { Rollout } from '../types.ts'
import { logprobsAfter } from './after.ts'
import type { Potentials } from './progress.ts'

/** The log-probabilities of an answer's tokens as one number: its probability, their geometric mean, the log of that. */
export const answerForms = {
  probability: (logprobs: Float32Array) => Math.exp(logprobs.reduce((a, b) => a + b, 0)),
  geometric: (logprobs: Float32Array) => Math.exp(mean(logprobs)),
  log: (logprobs: Float32Array) => mean(logprobs),
} as const
export type AnswerForm = keyof typeof answerForms

/** The model that is asked, and what it reads. */
export interface Answering {
  readonly engine: Scoring & { readonly info: Pick<Engine['info'], 'maxPositions'> }
  readonly tokenizer: Tokenizer
}

/**
 * How likely a model finds the known answer in a box, were it given before the first step of a rollout and after each but the
 * last; after that it is the outcome, or where that is another unit what it was before. null of a problem without a graded
 * answer, or with one that cannot be read there.
 */
export function answerChance(
  grade: Scorer<Outcome>,
  answering: Answering,
  form: AnswerForm,
): Scorer<Outcome & Potentials> {
  const { engine, tokenizer } = answering
  return async (groups, signal) => {
    const outcomes_P = await grade(groups, signal)
    const answers_P = groups.map(({ problem }) => boxed(problem.answer, tokenizer))
    const isAsked = (p: number, rollout: Rollout): boolean => {
      const { length } = answers_P[p]?.ids ?? []
      return length > 0 && longest(rollout) + length <= engine.info.maxPositions
    }
    const asked = groups.flatMap(({ rollouts }, p) =>
      rollouts.flatMap(rollout => (isAsked(p, rollout) ? beginnings(rollout, answers_P[p]!) : [])),
    )
    const next = (await logprobsAfter(engine, tokenizer, asked, signal)).values()
    return groups.map(({ rollouts }, p) => {
      const { outcome_G } = outcomes_P[p]!
      const potentials_G_S = rollouts.map((rollout, g) => {
        if (!isAsked(p, rollout)) return null
        const { start, end } = answers_P[p]!
        const values = rollout.steps.map(() =>
          answerForms[form](next.next().value!.subarray(start, end)),
        )
        if (outcome_G[g] == null || values.length === 0) return null
        return Float32Array.of(...values, form === 'log' ? values.at(-1)! : outcome_G[g])
      })
      return { outcome_G, potentials_G_S }
    })
  }
}

interface Boxed {
  readonly text: string
  readonly ids: Int32Array
  readonly start: number // of the tokens that spell the answer and what closes it
  readonly end: number
}

/** A known answer as it is given; null where there is none, or it cannot be spelled. */
function boxed(answer: string | null, { encode, pieces }: Tokenizer): Boxed | null {
  if (answer === null) return null
  const text = `\\boxed{${answer}}`
  return unlessData(() => {
    const ids = encode(text)
    return { text, ids, ...tokensSpelling(pieces(ids), '\\boxed{'.length, text.length) }
  })
}

/** What of a rollout stands before each of its steps, and the answer behind it. */
function beginnings({ promptIds, ids, steps }: Rollout, { text }: Boxed) {
  return steps.map(({ start }) => ({ before: concat(promptIds, ids.subarray(0, start)), text }))
}

function longest({ promptIds, steps }: Rollout): number {
  return promptIds.length + (steps.at(-1)?.start ?? 0)
}
