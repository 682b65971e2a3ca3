// How many tokens the pure stages turn from rewards into advantages in a second of one core: processor time, which includes
// collecting garbage and does not count what else runs. The measures take turns; the middle and the best of the rounds are
// reported.

import { cpus } from 'node:os'
import type { Outcome, StepRewards } from '../src/method.ts'
import { random } from '../src/numbers/random.ts'
import { advantages, credit } from '../src/stages.ts'
import type { Group, Rollout } from '../src/types.ts'

const problems = 64
const rollouts = 8
const maxTokens = 1024
const tokensPerStep = 16 // on average
const rounds = 15
const repeats = 5 // of a measure in a round

export interface CreditReport {
  readonly processor: string
  readonly tokens: number // of one batch
  readonly tokensPerStep: number
  readonly rounds: number
  /** Step rewards to returns by the soft minimum, and those less the token baseline of eq. 7. */
  readonly softMinEq7: Speed
  /** The whole of pure-prm-vr: two streams, their baselines, sum, mask, whitening, and the metrics on the way. */
  readonly wholeChain: Speed
}
interface Speed {
  readonly millionTokensPerSecond: number // the middle of the rounds
  readonly best: number
}

/** Measures both: some seconds. */
export function measureCredit(): CreditReport {
  const batch = Array.from({ length: problems }, (_, p) => example(p))
  const tokens = batch.reduce(
    (sum, { group }) => sum + group.rollouts.reduce((n, { ids }) => n + ids.length, 0),
    0,
  )
  const [softMin, eq7] = [credit.softMin(), advantages.eq7({ maxTokens })]
  const streams = credit.streams({ process: softMin, outcome: credit.outcome() })
  const combined = advantages.combine(
    {
      process: { baseline: eq7, weight: 1 },
      outcome: { baseline: advantages.leaveOneOut(), weight: 1 },
    },
    { maskClosing: true, whiten: 'openrlhf' },
  )
  const groups = batch.map(({ group }) => group)
  const measures = [
    () => batch.map(({ group, rewards }) => eq7(group, softMin(group, rewards))),
    () =>
      combined({
        groups_P: groups,
        rewards_P: batch.map(({ rewards }) => rewards),
        streams_P: batch.map(({ group, rewards }) => streams(group, rewards)),
      }),
  ]
  for (let warm = 0; warm < 3; warm++) for (const measure of measures) measure()
  const times = measures.map((): number[] => [])
  for (let round = 0; round < rounds; round++)
    measures.forEach((measure, i) => {
      const before = process.cpuUsage()
      for (let repeat = 0; repeat < repeats; repeat++) measure()
      const { user, system } = process.cpuUsage(before)
      times[i]!.push((user + system) / repeats)
    })
  const [softMinEq7, wholeChain] = times.map(us => speedOf(tokens, us)) as [Speed, Speed]
  const processor = cpus()[0]?.model ?? 'unknown'
  return { processor, tokens, tokensPerStep, rounds, softMinEq7, wholeChain }
}

/** The report as lines for people. */
export function creditLines({ processor, tokens, softMinEq7, wholeChain }: CreditReport): string {
  const line = (what: string, { millionTokensPerSecond, best }: Speed): string =>
    `${what.padEnd(34)}${String(millionTokensPerSecond).padStart(8)}${String(best).padStart(8)}`
  return [
    `${processor}, batches of ${tokens} tokens`,
    `${'million tokens a second of a core'.padEnd(34)}${'middle'.padStart(8)}${'best'.padStart(8)}`,
    line('soft minimum and eq. 7', softMinEq7),
    line('all of pure-prm-vr', wholeChain),
  ].join('\n')
}

/** Speeds of a batch that took so many microseconds. */
function speedOf(tokens: number, us: readonly number[]): Speed {
  const sorted = us.toSorted((a, b) => a - b)
  const speed = (time: number): number => Math.round((10 * tokens) / time) / 10
  return { millionTokensPerSecond: speed(sorted[sorted.length >> 1]!), best: speed(sorted[0]!) }
}

/** Rollouts of random lengths, cut into steps of random lengths, with random rewards. */
export function example(
  p: number,
  n = rollouts,
  [least, most] = [256, maxTokens],
): { group: Group; rewards: Outcome & StepRewards } {
  const draw = random(p, 'credit')
  const all = Array.from({ length: n }, () => {
    const lengths: number[] = []
    for (let left = least + Math.floor(draw() * (most - least)); left > 0; ) {
      const length = Math.min(left, 1 + Math.floor(draw() * (2 * tokensPerStep - 1)))
      lengths.push(length)
      left -= length
    }
    return rolloutOf(lengths)
  })
  const problem = { id: String(p), prompt: '', answer: null, solution: null, meta: {} }
  const rewards = {
    outcome_G: all.map(() => Number(draw() < 0.5)),
    steps_G_S: all.map(({ steps }) => Float32Array.from(steps, () => 2 * draw() - 1)),
  }
  return { group: { problem, rollouts: all }, rewards }
}

function rolloutOf(lengths: readonly number[]): Rollout {
  let end = 0
  const steps = lengths.map(length => {
    end += length
    return { start: end - length, end, text: '', state: 'complete' } as const
  })
  const logprobs_T = new Float32Array(end)
  return {
    promptIds: new Int32Array(1),
    ids: new Int32Array(end),
    logprobs_T,
    sampledLogprobs_T: logprobs_T,
    stop: 'stop',
    weightVersion: 0,
    text: '',
    steps,
    spans: [{ start: 0, end, role: 'policy' }],
    branch: null,
  }
}
