// How fast a whole iteration is: sampling, rewards, credit and the update with AdamW, as a run does them, and what a run
// writes down of each. The model is fresh, so its answers are noise of full length: what is measured is the work.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Engine, Precision } from '../src/engine/engine.ts'
import { freshConfig } from '../src/engine/hf/config.ts'
import { openFreshEngine } from '../src/engine/onnx/open.ts'
import { iterate } from '../src/iterate.ts'
import type { Method, Outcome, Scorer } from '../src/method.ts'
import { below, random } from '../src/numbers/random.ts'
import { taskOf } from '../src/problems/tasks/index.ts'
import { once, resolve } from '../src/recipe.ts'
import purePrm from '../src/recipes/pure-prm.ts'
import pureVr from '../src/recipes/pure-vr.ts'
import { outcome } from '../src/rewards/outcome.ts'
import { stepScores } from '../src/rewards/step-scores.ts'
import { samplerIn } from '../src/rollouts/sampler-in.ts'
import { rolloutRows } from '../src/runs/rollout-table.ts'
import { createRun } from '../src/runs/writer.ts'
import { tokenizerFrom } from '../src/tokenizer/load.ts'
import { trainBpe } from '../src/tokenizer/train-bpe.ts'
import { computedGroups } from '../src/train/iteration.ts'
import { iterationMetrics, stepLabels } from '../src/train/metrics.ts'
import { needsOf } from '../src/train/needs.ts'
import { timed as timedStages } from '../src/train/timing.ts'
import { ceilingGflops, median, openChains, rounded, threads } from './measure.ts'

/** Of the policy, and of the judge. */
export const shape = {
  hiddenSize: 256,
  layers: 6,
  heads: 8,
  intermediateSize: 672,
  vocabSize: 1500,
}
export const [problems, samples, newTokens] = [8, 8, 128]
const rounds = 7

export interface IterationReport {
  readonly processor: string
  readonly threads: number
  readonly ceilingGflops: number
  readonly parameters: number
  readonly rollouts: string
  readonly methods: readonly MethodReport[]
}
interface MethodReport {
  readonly name: string
  readonly tokensPerSecond: number // generated ones, by the middle of the rounds
  readonly seconds: number // of an iteration, with what is written down of it
  readonly shares: Readonly<Record<Stage, number>>
  /** Share of the time in which no engine was at work. */
  readonly outsideEngines: number
  /** What the products of matrices and attention alone would take at the ceiling, by what the iteration takes. */
  readonly shareOfCeiling: number
}
const stages = ['sample', 'reward', 'credit', 'update', 'record'] as const
type Stage = (typeof stages)[number]

/** One iteration, in seconds. */
interface Times {
  readonly whole: number
  readonly stages: Readonly<Record<Stage, number>>
  readonly engines: number
}

/** Measures iterations with verifiable rewards and with a process reward model of the same size: a minute or two. */
export async function measureIteration(): Promise<IterationReport> {
  const products = await openChains()
  const setting = await openSetting()
  const methods = [
    { ...setting.methodOf(pureVr), judged: false },
    { ...setting.methodOf(purePrm), judged: true },
  ]
  const times = methods.map((): Times[] => [])
  const chains = products.map((): number[] => [])
  for (let round = -1; round < rounds; round++) {
    for (const [i, product] of products.entries()) chains[i]!.push(await product())
    for (const [i, { method }] of methods.entries()) {
      const one = await setting.iteration(method, round + 2)
      if (round >= 0) times[i]!.push(one) // the first compiles, and plans memory
    }
  }
  const ceiling = ceilingGflops(chains.map(median))
  const report = methods.map(({ name, judged }, i) =>
    reportOf(name, times[i]!, setting.flops(judged) / (1e9 * ceiling)),
  )
  await setting.close()
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    threads,
    ceilingGflops: rounded(ceiling),
    parameters: setting.parameters,
    rollouts: `${problems} problems x ${samples} samples x ${newTokens} new tokens`,
    methods: report,
  }
}

/** The report as lines for people. */
export function iterationLines({ methods, ...about }: IterationReport): string {
  const { processor, ceilingGflops, parameters, rollouts } = about
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`
  return [
    `${processor}, ${about.threads} threads; matrix products reach ${ceilingGflops} GFLOPS`,
    `${(parameters / 1e6).toFixed(1)} M parameters, ${rollouts}`,
    ...methods.flatMap(({ name, tokensPerSecond, seconds, shares, ...rest }) => [
      `${name}: ${tokensPerSecond} tokens/s, ${seconds} s an iteration`,
      `  ${stages.map(stage => `${stage} ${percent(shares[stage])}`).join(', ')}`,
      `  no engine at work ${percent(rest.outsideEngines)}; ${percent(rest.shareOfCeiling)} of what the ceiling allows`,
    ]),
  ].join('\n')
}

/** What iterations of a fresh policy need; `before` stands before every question. */
export async function openSetting(before = '') {
  const json = trainBpe(proseOfThisPackage(), { vocabSize: shape.vocabSize })
  const tokenizer = tokenizerFrom({ tokenizer: json, config: { eos_token: '<|im_end|>' } })
  const config = freshConfig({
    architecture: 'qwen2',
    ...shape,
    maxPositions: 512,
    tied: false,
    eosIds: [],
  })
  const clock = { engines: 0 }
  const policy = await openFreshEngine(config, { threads })
  const judge = await openFreshEngine(
    { ...config, head: 'token-classification', classes: 2 },
    { threads, seed: 1 },
  )
  const [learner, judging] = [watched(policy, clock), watched(judge, clock)]
  const sampler = { engine: learner, tokenizer, stopIds: [], maxTokens: newTokens }
  const task = taskOf('nested-arithmetic')
  const draw = random(1, 'problems')
  const batch = Array.from({ length: problems }, () => {
    const problem = task.generate(draw, 1)
    return { ...problem, prompt: `${before}${problem.prompt}` }
  })
  const folder = mkdtempSync(join(tmpdir(), 'minform-bench-'))
  const run = createRun(join(folder, 'run'), {})
  const prompt = Math.max(...batch.map(({ prompt }) => tokenizer.encode(prompt).length))
  return {
    parameters: policy.info.parameters,
    prompt, // tokens of the longest
    methodOf: (recipe: typeof pureVr, precision: Precision = 'float32') => ({
      name: recipe.name,
      method: recipe.build(
        resolve(recipe, { klCoef: '0' }),
        {
          ...needsOf(
            recipe,
            {},
            { sampler: samplerIn(sampler, precision), judge: { rewards: stepScores(judging) } },
          ),
          grade: chance,
        },
        once,
      ),
    }),
    async iteration(
      untimed: Method,
      number: number,
      precision: Precision = 'float32',
    ): Promise<Times> {
      const { method, take } = timedStages(untimed)
      clock.engines = 0
      const started = performance.now()
      const learning = { policy: learner, reference: null, learningRate: 1e-5, precision }
      const found = await iterate(method, batch, learning, number)
      const iterated = performance.now()
      const labels_P = stepLabels(found, task.oracle)
      const metrics = await iterationMetrics(found, labels_P, { giantStep: newTokens / 2 })
      run.rollouts(number, rolloutRows(computedGroups(found, labels_P)))
      run.metrics({ iteration: number, ...metrics })
      const whole = (performance.now() - started) / 1000
      const taken = take()
      const record = whole - (iterated - started) / 1000
      const update = whole - record - taken.sample - taken.reward - taken.credit
      return { whole, stages: { ...taken, update, record }, engines: clock.engines / 1000 }
    },
    flops: (judged: boolean) => flopsOf(policy.info.parameters, prompt, judged),
    async close(): Promise<void> {
      run.close()
      rmSync(folder, { recursive: true, force: true })
      await policy.close()
      await judge.close()
    },
  }
}

/** Grades answers, and then lets chance say which are right: noise never is, and nothing would be learned. */
const chance: Scorer<Outcome> = async (groups, signal) => {
  await outcome()(groups, signal)
  const draw = random(1, 'outcomes')
  return groups.map(({ rollouts }) => ({ outcome_G: rollouts.map(() => below(draw, 2)) }))
}

/** English to learn a vocabulary from. */
function proseOfThisPackage(): string[] {
  return ['LICENSE', 'README.md', 'docs/grading.md', 'docs/runs.md'].map(file =>
    readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'),
  )
}

/** The same engine, its verbs on a clock. No two are at work at a time. */
function watched(engine: Engine, clock: { engines: number }): Engine {
  return new Proxy(engine, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      return async (...args: unknown[]) => {
        const started = performance.now()
        try {
          return await value.apply(target, args)
        } finally {
          clock.engines += performance.now() - started
        }
      }
    },
  })
}

/**
 * Two operations a parameter and token forward and four backward, attention's two products likewise: sampling and judging
 * go forward, the update both ways. The embedding is looked up, and a prompt is read once for all its samples.
 */
function flopsOf(parameters: number, prompt: number, judged: boolean): number {
  const { hiddenSize, layers, vocabSize } = shape
  const whole = prompt + newTokens
  const [matrices, head] = [parameters - vocabSize * hiddenSize, vocabSize * hiddenSize]
  const attention = (from: number, to: number): number =>
    4 * layers * hiddenSize * ((to * (to + 1)) / 2 - (from * (from + 1)) / 2)
  const rollouts = problems * samples
  const written = 2 * matrices * newTokens + attention(prompt, whole)
  const read = 2 * (matrices - head) * whole + attention(0, whole)
  const learned = 3 * (read + 2 * head * newTokens)
  return rollouts * (written + learned + (judged ? read : 0)) + problems * 2 * matrices * prompt
}

function reportOf(name: string, times: readonly Times[], atCeiling: number): MethodReport {
  const middle = (of: (one: Times) => number): number => median(times.map(of))
  const seconds = middle(one => one.whole)
  return {
    name,
    tokensPerSecond: Math.round((problems * samples * newTokens) / seconds),
    seconds: Math.round(100 * seconds) / 100,
    shares: Object.fromEntries(
      stages.map(stage => [stage, middle(one => one.stages[stage] / one.whole)]),
    ) as Record<Stage, number>,
    outsideEngines: middle(one => 1 - one.engines / one.whole),
    shareOfCeiling: atCeiling / seconds,
  }
}
