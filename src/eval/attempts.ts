// How a policy does on problems, told with how sure one can be of it. Problems are what was drawn at random, samples of one
// problem are alike: intervals are over problems.

import { deviation, mean } from '../numbers/numeric.ts'
import { type Behaviour, type BehaviourReport, behaviourReport } from './behaviour.ts'
import type { Likelihood } from './likelihood.ts'
import { averageAtN, type Tally } from './pass-at-k.ts'
import {
  type JudgedSound,
  type Reasoned,
  type ReasonedBand,
  reasonedBand,
  reasonedOf,
} from './reasoned.ts'
import { wilson } from './wilson.ts'

/** What a policy made of one problem. */
export interface Attempts {
  readonly sampled: Tally
  readonly greedy: Tally | null // null where nobody asked for it
  /** Right samples whose steps are all right too; absent where nobody knows of steps. */
  readonly sound?: number
  /** Likewise as a chat model says; absent where none was asked. */
  readonly judged?: JudgedSound
  readonly unanswered: number | null // samples without an answer; null where none is read, as an environment judges what was done
  readonly cutOff: number // samples that reached the limit of tokens
  readonly tokens: number // of all samples
  readonly samples: number
  readonly behaviour?: Behaviour // absent where nobody looked
  readonly entropy?: number | null // mean of what the samples' tokens were drawn from, in nats; null: not known
  readonly likelihood?: readonly Likelihood[] // of each sample, where another model was asked
  readonly regrets?: readonly (readonly number[])[] // of each sample that can be graded, where answers were forced
}

/** A share in [0, 1] with its 95 % interval; NaN and [0, 1] of no problem. `n` counts what it is a share of. */
export interface Share {
  readonly share: number
  readonly low: number
  readonly high: number
  readonly n: number
}

export interface AttemptsReport {
  readonly problems: number
  readonly ungraded: number // problems of which no sample could be graded
  readonly samples: number // of each problem
  readonly sampled: Share // of problems' shares of right samples
  readonly passAtN: Share // of problems that one of the samples solves
  readonly greedy: Share | null
  readonly reasoned: Reasoned | null // null where nobody knows of steps
  readonly judged: ReasonedBand | null // the same by a chat model; null where none was asked
  readonly sometimes: number // problems that some samples solve and some do not: those that teach
  readonly unanswered: number | null // share of samples; null where none is read
  readonly cutOff: number // share of samples
  readonly tokens: number // mean of a sample
  readonly behaviour: BehaviourReport | null // null where nobody looked
}

const z = 1.96 // 95 % of a normal distribution

/** What a policy's attempts at problems come to. */
export function attemptsReport(attempts_P: readonly Attempts[]): AttemptsReport {
  const tally_P = attempts_P.map(({ sampled }) => sampled)
  const graded_P = tally_P.filter(({ graded }) => graded > 0)
  const rates_P = graded_P.map(({ right, graded }) => right / graded)
  const samples = Math.max(0, ...attempts_P.map(one => one.samples))
  const whole_P = tally_P.filter(({ graded }) => graded === samples)
  const greedy_P = attempts_P.flatMap(({ greedy }) => (greedy?.graded ? [greedy.right] : []))
  const all = sum(attempts_P.map(one => one.samples))
  return {
    problems: attempts_P.length,
    ungraded: attempts_P.length - graded_P.length,
    samples,
    sampled: { share: averageAtN(tally_P), ...intervalOfMean(rates_P), n: graded_P.length },
    passAtN: shareOf(sum(whole_P.map(({ right }) => Number(right > 0))), whole_P.length),
    greedy: attempts_P.some(({ greedy }) => greedy !== null)
      ? shareOf(sum(greedy_P), greedy_P.length)
      : null,
    reasoned: reasonedIn(attempts_P),
    judged: judgedIn(attempts_P),
    sometimes: rates_P.filter(rate => rate > 0 && rate < 1).length,
    unanswered: attempts_P.every(one => one.unanswered !== null)
      ? sum(attempts_P.map(one => one.unanswered!)) / all
      : null,
    cutOff: sum(attempts_P.map(one => one.cutOff)) / all,
    tokens: sum(attempts_P.map(one => one.tokens)) / all,
    behaviour: behaviourReport(attempts_P),
  }
}

function reasonedIn(attempts_P: readonly Attempts[]): Reasoned | null {
  const known = attempts_P.filter(({ sampled, sound }) => sound !== undefined && sampled.graded > 0)
  if (known.length === 0) return null
  return reasonedOf(
    known.map(({ sampled }) => sampled),
    known.map(({ sound }) => sound!),
  )
}

function judgedIn(attempts_P: readonly Attempts[]): ReasonedBand | null {
  const known = attempts_P.filter(one => one.judged !== undefined && one.sampled.graded > 0)
  if (known.length === 0) return null
  return reasonedBand(
    known.map(({ sampled }) => sampled),
    known.map(({ judged }) => judged!),
  )
}

/**
 * The 95 % interval of a mean of values in [0, 1], one a problem: 1.96 standard errors to both sides; Wilson's where all
 * values agree, whose standard error says nothing. [0, 1] of no value.
 */
export function intervalOfMean(values: readonly number[]): {
  readonly low: number
  readonly high: number
} {
  const n = values.length
  const centre = mean(values)
  const spread = n > 1 ? deviation(values) : 0
  if (spread === 0) {
    const [low, high] = wilson(n === 0 ? 0 : centre * n, n, z)
    return { low, high }
  }
  const half = (z * spread) / Math.sqrt(n - 1)
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}

function shareOf(right: number, n: number): Share {
  const [low, high] = wilson(right, n, z)
  return { share: right / n, low, high, n }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
