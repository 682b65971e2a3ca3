// What the bench of the controller works on: rollouts as a server would give them, of a real tokenizer, with steps, an answer
// in a box, and log-probabilities of the usual sizes; and the method and engine that take them.

import { fork } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '../src/engine/engine.ts'
import { openTinkerModel } from '../src/engine/tinker/open.ts'
import type { Scorer, StepRewards } from '../src/method.ts'
import { below, pick, type Random, random } from '../src/numbers/random.ts'
import { once, resolve } from '../src/recipe.ts'
import purePrmVr from '../src/recipes/pure-prm-vr.ts'
import { askedOnce, boxedGrader } from '../src/rewards/grader.ts'
import { type LoadedTokenizer, tokenizerFrom } from '../src/tokenizer/load.ts'
import { trainBpe } from '../src/tokenizer/train-bpe.ts'
import { fileCorpus } from '../src/train/corpus.ts'
import { needsOf } from '../src/train/needs.ts'
import type { TrainingPlan } from '../src/train/training.ts'
import type { Group, Problem } from '../src/types.ts'

export const samples = 8 // rollouts of a problem
export const newTokens = 1024 // of a rollout
const answers = 16 // made answers, given in turn
const vocabSize = 4000

/** A server that answers at once, an engine that asks it, and what a run needs beside. */
export async function openSetting({ sampleMs = 0, judgeMs = 0, learnMs = 0, inFlight = 64 } = {}) {
  const tokenizer = tokenizerFrom({
    tokenizer: trainBpe(prose(), { vocabSize }),
    config: { eos_token: '<|im_end|>' },
  })
  const folder = mkdtempSync(join(tmpdir(), 'minform-controller-'))
  const file = join(folder, 'answers.json')
  writeFileSync(
    file,
    JSON.stringify(Array.from({ length: answers }, (_, i) => answerOf(tokenizer, i))),
  )
  const server = fork(
    new URL('./controller-server.ts', import.meta.url).pathname,
    [file, String(sampleMs), String(learnMs)],
    { execArgv: ['--import', 'tsx'] },
  )
  const port = await new Promise<number>(resolve => server.once('message', resolve as never))
  const policy = await openTinkerModel(
    {
      architecture: 'made',
      head: 'language-model',
      parameters: 0,
      vocabSize: tokenizer.vocabSize,
      absentIds: [],
      maxPositions: 8192,
      classes: 0,
    },
    null,
    {
      ...{ url: `http://127.0.0.1:${port}`, baseModel: 'made', rank: 8, seed: 1, inFlight },
      profile: { reduction: 'sum', snapshots: true },
    },
  )
  const grader = askedOnce(boxedGrader())
  return {
    folder,
    tokenizer,
    grader,
    policy: policy as Engine,
    method: methodOf(policy, tokenizer, grader, judgeMs),
    async close(): Promise<void> {
      await policy.close()
      await grader.close()
      server.disconnect()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** pure-prm-vr as a run builds it; the judge of steps is made up, and takes no time. */
function methodOf(
  engine: Engine,
  tokenizer: LoadedTokenizer,
  grader: ReturnType<typeof boxedGrader>,
  judgeMs: number,
) {
  const sampler = { engine, tokenizer, stopIds: tokenizer.stopIds, maxTokens: newTokens }
  const rewards: Scorer<StepRewards> = async groups => {
    await sleep(judgeMs)
    return groups.map(madeScores)
  }
  const options = resolve(purePrmVr, { klCoef: '0', groupSize: String(samples) })
  return purePrmVr.build(
    options,
    needsOf(purePrmVr, options, { sampler, grader, judge: { rewards } }),
    once,
  )
}

function madeScores({ problem, rollouts }: Group): StepRewards {
  const draw = random(Number(problem.id), 'scores')
  return { steps_G_S: rollouts.map(({ steps }) => Float32Array.from(steps, () => 2 * draw() - 1)) }
}

/** The problems of one batch. */
export function problemsOf(count: number, number: number): Problem[] {
  const draw = random(number, 'problems')
  return Array.from({ length: count }, (_, p) => ({
    id: String(number * count + p),
    prompt: `A farmer has ${below(draw, 90)} hens and buys ${below(draw, 90)} more. How many hens are there now?\n\n`,
    answer: String(below(draw, 100)),
    solution: null,
    meta: {},
  }))
}

/** A server's answer to a request for samples: texts of the tokenizer's own tokens, cut off at the limit or ended before. */
function answerOf(tokenizer: LoadedTokenizer, number: number): string {
  const draw = random(number, 'answers')
  const sequences = Array.from({ length: samples }, (_, g) => {
    const body = tokenizer.encode(solution(draw)).subarray(0, newTokens - 16)
    const end = [
      ...tokenizer.encode(`\n\nThe answer is \\boxed{${below(draw, 100)}}.`),
      tokenizer.eosId,
    ]
    const tokens = [...body, ...end]
    const logprobs = tokens.map(() =>
      Math.fround(-Math.exp(-6 * draw()) * -Math.log(draw() + 1e-6)),
    )
    return { stop_reason: 'stop', tokens, logprobs, index: g }
  })
  return JSON.stringify({ sequences, prompt_logprobs: null, type: 'sample' })
}

function solution(draw: Random): string {
  const words =
    'we have so the total number of hens then each adds up and gives which means that half remains'.split(
      ' ',
    )
  const steps = Array.from({ length: 90 }, () => {
    const said = Array.from({ length: 4 + below(draw, 8) }, () => pick(draw, words)).join(' ')
    const [a, b] = [below(draw, 90), below(draw, 90)]
    return `${said} ${a} + ${b} = ${a + b}.`
  })
  return steps.join('\n\n')
}

function prose(): string[] {
  const files = ['LICENSE', 'README.md', 'docs/grading.md', 'docs/runs.md', 'docs/models.md']
  const texts = files.map(file => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'))
  return [...texts, solution(random(1, 'prose'))]
}

/** A run on it, without evaluations and without an end. */
export function planOf(
  { method, policy, grader, tokenizer, folder }: Awaited<ReturnType<typeof openSetting>>,
  { problems, ahead }: Pick<TrainingPlan, 'problems' | 'ahead'>,
): TrainingPlan {
  return {
    methodAt: () => method,
    corpus: fileCorpus('made', problemsOf(2000, 1), null),
    grader,
    learner: { policy, reference: null },
    beside: [],
    learningRate: 1e-5,
    learningRateEnd: 1,
    sampler: { engine: policy, tokenizer, stopIds: tokenizer.stopIds, maxTokens: newTokens },
    tokenizerFolder: folder,
    seed: 1,
    iterations: Number.MAX_SAFE_INTEGER,
    problems,
    ahead,
    evaluateEvery: 0,
    validationProblems: 0,
    testProblems: 0,
    checkpointEvery: null,
    limits: { giantStep: newTokens / 2 },
    onAlarm: 'warn',
  }
}
