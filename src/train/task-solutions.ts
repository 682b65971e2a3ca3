// Labelled solutions of a procedural task: what its policy samples, and solutions made wrong or put out of shape.

import { openEngine } from '../engine/open.ts'
import { ConfigError } from '../errors.ts'
import { pick, random } from '../numbers/random.ts'
import {
  allLabels,
  type LabelledRollout,
  malformedExample,
  mutatedExample,
  rightExample,
} from '../prm/label/labelled.ts'
import type { LabelledSolution } from '../prm/solution.ts'
import { malformations } from '../problems/malformed.ts'
import { grade } from '../rewards/grade/grade.ts'
import { isRight } from '../rewards/grader.ts'
import { independent } from '../rollouts/independent.ts'
import { endingAt, type LoadedTokenizer, loadTokenizer } from '../tokenizer/load.ts'
import type { Corpus } from './corpus.ts'
import { type OwnPlan, ownRollouts } from './own-rollouts.ts'
import type { StageReport } from './plan.ts'

/** Whose rollouts, and how many problems of validation. */
export interface TaskPlan extends OwnPlan {
  readonly policy: string // folder
  readonly validationProblems: number
}

export interface TaskSolutions {
  readonly learn: readonly LabelledSolution[]
  readonly validation: readonly LabelledSolution[] // rollouts at temperature 1, two a problem
}

/**
 * Solutions of a task with an oracle, which labels every step that it can. About 36 % are rollouts with a wrong step, 19 %
 * rollouts without, 27 % have one step made wrong, 9 % are out of shape and 9 % right as written: nothing is known of how
 * the last three would come out, so that they have no outcome.
 */
export async function taskSolutions(
  corpus: Corpus,
  plan: TaskPlan,
  report: StageReport,
  signal?: AbortSignal,
): Promise<TaskSolutions> {
  if (corpus.oracle === null)
    throw new ConfigError(`${corpus.name} has no oracle that could label steps; give --data`)
  const turnEnd = corpus.prompt?.turnEnd ?? null
  const tokenizer = endingAt(await loadTokenizer(plan.policy), turnEnd)
  const own = await ownRollouts(
    corpus,
    plan.policy,
    tokenizer,
    plan,
    report,
    signal ? { signal } : {},
  )
  const sampled = balanced(own).map((one, i) => sampledSolution(one, `own-${i}`, corpus))
  const made = madeSolutions(corpus, Math.round((sampled.length * 45) / 55), tokenizer, plan.seed)
  return {
    learn: [...sampled, ...made],
    validation: await heldOut(corpus, tokenizer, plan, signal),
  }
}

/** All rollouts with a wrong step, and at most 35 right ones for 65 of these. */
function balanced(own: readonly LabelledRollout[]): LabelledRollout[] {
  const wrong = own.filter(({ labels_S }) => labels_S.includes(false))
  const right = own.filter(({ labels_S }) => !labels_S.includes(false))
  const room = wrong.length === 0 ? right.length : Math.ceil((wrong.length * 35) / 65)
  return [...wrong, ...right.slice(0, room)]
}

async function heldOut(
  corpus: Corpus,
  tokenizer: LoadedTokenizer,
  { policy, device, threads, maxTokens, validationProblems, seed }: TaskPlan,
  signal?: AbortSignal,
): Promise<LabelledSolution[]> {
  const engine = await openEngine({ kind: 'onnx', folder: policy, device, threads })
  try {
    const sampler = { engine, tokenizer, stopIds: tokenizer.stopIds, maxTokens }
    const problems = corpus.validation(validationProblems)
    const groups = await independent(sampler, 2)(problems, seed, signal)
    return groups.flatMap(({ problem, rollouts }, p) =>
      rollouts.map((rollout, g) =>
        sampledSolution({ problem, rollout, labels_S: [] }, `held-out-${p}-${g}`, corpus),
      ),
    )
  } finally {
    await engine.close()
  }
}

function sampledSolution(
  { problem, rollout }: LabelledRollout,
  id: string,
  corpus: Corpus,
): LabelledSolution {
  const labels_S = allLabels(problem, rollout, corpus.oracle!)
  const own = corpus.grade?.(problem, rollout.text)
  const { correct } = grade({ gold: problem.answer, pred: rollout.text })
  return {
    ...asSolution({ problem, rollout, labels_S }, id),
    answerRight: own === undefined ? correct : typeof own === 'number' ? isRight(own) : own,
    kind: 'sampled',
  }
}

function madeSolutions(
  corpus: Corpus,
  count: number,
  tokenizer: LoadedTokenizer,
  seed: number,
): LabelledSolution[] {
  const problems = corpus.solved(seed + 3)
  const draw = random(seed, 'made solutions')
  const out: LabelledSolution[] = []
  while (out.length < count) {
    const problem = problems.next().value
    const kind = draw()
    const shape = pick(draw, malformations)
    const example =
      kind < 0.6
        ? mutatedExample(problem, tokenizer, corpus.mutate, draw)
        : kind < 0.8
          ? malformedExample(problem, tokenizer, shape, draw, corpus.oracle)
          : rightExample(problem, tokenizer)
    if (example === null) continue
    const named = kind < 0.6 ? 'one step wrong' : kind < 0.8 ? shape : 'right'
    out.push({ ...asSolution(example, `made-${out.length}`), kind: named })
  }
  return out
}

/** Tokens as texts: a blank line closes each step but the last, and the end token that one, unless it was cut off. */
function asSolution({ problem, rollout, labels_S }: LabelledRollout, id: string): LabelledSolution {
  return {
    id,
    problem,
    steps: rollout.steps.map(({ text }) => text),
    ended: rollout.stop === 'stop',
    labels_S: labels_S.map(label => (label === null ? null : Number(label))),
    meaning: 'rightness',
    answerRight: null,
    source: 'task',
    kind: null,
  }
}
