// The process reward model's own schooling: which labelled steps it sees, and in what proportion.

import { existsSync } from 'node:fs'
import { z } from 'zod'
import { readText } from '../data/plain-file.ts'
import type { Engine, LabelledSequence } from '../engine/engine.ts'
import { openEngine } from '../engine/open.ts'
import { hashSeed, pick, random } from '../numbers/random.ts'
import {
  firstWrong,
  type LabelledRollout,
  malformedExample,
  mutatedExample,
  rightExample,
} from '../prm/label/labelled.ts'
import { layoutEntry, minformLayout } from '../prm/layout.ts'
import { classLoss } from '../prm/train/held-out.ts'
import { ofClasses } from '../prm/train/objective.ts'
import { tokenLabels, weighWrong } from '../prm/train/sequence.ts'
import { type PrmSchedule, trainPrm } from '../prm/train/trainer.ts'
import { malformations } from '../problems/malformed.ts'
import { stepScores } from '../rewards/step-scores.ts'
import { asRollout } from '../rollouts/text-rollout.ts'
import { writeWhole } from '../runs/whole-file.ts'
import { type LoadedTokenizer, loadTokenizer } from '../tokenizer/load.ts'
import type { Corpus } from './corpus.ts'
import type { Course, Stage } from './course.ts'
import { ownRollouts } from './own-rollouts.ts'
import type { Preparation, StageReport } from './plan.ts'
import { spelled } from './spelled.ts'

/** What a judge's schooling has in common with the rest of the preparation. */
interface JudgeWork {
  readonly corpus: Corpus
  readonly course: Course
  readonly plan: Preparation
  readonly report: StageReport
  readonly signal: AbortSignal | undefined
}

/** The stage of one round, from 1. */
export function judgeStage({ prmRounds, prmUpdates, patience }: Preparation, round: number): Stage {
  return {
    name: `reward model, round ${round} of ${prmRounds}`,
    updates: prmUpdates,
    patience,
  }
}

/** A reward model trained on labelled steps: the policy's own where an oracle can judge them, and ones made wrong. */
export async function teachJudge(
  work: JudgeWork,
  folders: { readonly base: string; readonly trunk: string; readonly prm: string },
  rounds: readonly Stage[],
): Promise<void> {
  const { plan, course } = work
  const tokenizer = await loadTokenizer(folders.base)
  const judge = await openEngine({
    kind: 'onnx-new-head',
    folder: folders.trunk,
    newLayers: plan.judgeLayers,
    seed: plan.seed,
    device: plan.device,
    threads: plan.threads,
  })
  try {
    for (const [i, stage] of rounds.entries()) {
      if (course.passed(stage.name)) continue
      await teachRound(work, folders.base, tokenizer, judge, stage, i + 1)
    }
    const config = layoutEntry(minformLayout)
    await judge.save(folders.prm, { dtype: 'bfloat16', tokenizer: folders.base, config })
  } finally {
    await judge.close()
  }
}

async function teachRound(
  { corpus, course, plan, report, signal }: JudgeWork,
  base: string,
  tokenizer: LoadedTokenizer,
  judge: Engine,
  stage: Stage,
  round: number,
): Promise<void> {
  const fresh = { ...plan, seed: hashSeed(plan.seed, 'round', round) }
  const kept = course.file(`own-rollouts-${round}.jsonl`)
  const stop = signal ? { signal } : {}
  const own = await ownRollouts(corpus, base, tokenizer, fresh, report, { kept, ...stop })
  signal?.throwIfAborted()
  const missed = round === 1 ? [] : await missedIn(course.file(`missed-${round}.json`), judge, own)
  const next = examples(corpus, { own, missed }, tokenizer, fresh)
  const held = heldOut(corpus, tokenizer, fresh)
  await course.learn(
    stage,
    judge,
    lesson =>
      trainPrm(judge, next, ofClasses(), {
        ...scheduleOf(plan, round === 1),
        ...lesson,
        ...stop,
      }),
    held.length > 0 ? () => classLoss(judge, held, signal) : null,
  )
}

/** The head is new in the first round only: there it learns alone before everything does. */
function scheduleOf({ prmUpdates, prmRate, batch }: Preparation, first: boolean): PrmSchedule {
  const headUpdates = first ? Math.min(50, Math.ceil(prmUpdates / 10)) : 0
  return {
    headUpdates,
    headRate: 1e-3,
    updates: prmUpdates - headUpdates,
    learningRate: prmRate,
    batch,
  }
}

const heldOutProblems = 50 // each as it is, and with a step made wrong

/** Worked solutions of validation problems, half of them with a step made wrong; always the same. */
function heldOut(
  corpus: Corpus,
  tokenizer: LoadedTokenizer,
  plan: Preparation,
): LabelledSequence[] {
  const draw = random(1, 'held-out examples')
  return corpus
    .validation(heldOutProblems)
    .filter(problem => spelled(problem, tokenizer))
    .flatMap(problem => [
      rightExample(problem, tokenizer),
      mutatedExample(problem, tokenizer, corpus.mutate, draw),
    ])
    .filter(example => example !== null)
    .filter(example => fits(example, plan))
    .map(example => labelledTokens(example, corpus, tokenizer, plan))
}

/**
 * Those of which the judge gets a step wrong before a round begins, kept in a file by their indices: a process that comes
 * later has another judge.
 */
async function missedIn(
  file: string,
  judge: Engine,
  own: readonly LabelledRollout[],
): Promise<LabelledRollout[]> {
  if (existsSync(file)) {
    const indices = z.array(z.number().int()).parse(JSON.parse(readText(file)))
    return indices.map(i => own[i]!)
  }
  const missed = await misjudged(judge, own)
  const places = new Map(own.map((example, i) => [example, i]))
  writeWhole(file, JSON.stringify(missed.map(example => places.get(example)!)))
  return missed
}

/** Those of which the judge gets a step wrong: what a policy that learns from it would drift to. */
async function misjudged(
  judge: Engine,
  examples: readonly LabelledRollout[],
): Promise<LabelledRollout[]> {
  const groups = examples.map(({ problem, rollout }) => ({
    problem,
    rollouts: [asRollout(rollout)],
  }))
  const rewards_P = await stepScores(judge)(groups)
  return examples.filter(({ labels_S }, p) => {
    const scores_S = rewards_P[p]!.steps_G_S[0]
    return labels_S.some((label, s) => label !== null && scores_S && label !== scores_S[s]! > 0)
  })
}

/** What the judge learns of the policy's own: all its rollouts, and those among them that it misjudged. */
interface OwnRollouts {
  readonly own: readonly LabelledRollout[]
  readonly missed: readonly LabelledRollout[]
}

/** Labelled sequences without end; a step's tokens are labelled wherever its right texts are known. */
function examples(
  corpus: Corpus,
  rollouts: OwnRollouts,
  tokenizer: LoadedTokenizer,
  plan: Preparation,
): () => LabelledSequence {
  const next = labelled(corpus, rollouts, tokenizer, plan)
  return () => labelledTokens(next(), corpus, tokenizer, plan)
}

function labelledTokens(
  example: LabelledRollout,
  corpus: Corpus,
  tokenizer: LoadedTokenizer,
  { wrongWeight }: Preparation,
): LabelledSequence {
  const wrong = firstWrong(example.labels_S)
  const steps = example.rollout.steps.map(step => step.text)
  const right = wrong < 0 ? [] : corpus.rightSteps(example.problem, steps, wrong)
  return weighWrong(tokenLabels(example, right, tokenizer), wrongWeight)
}

/** Examples without end: the policy's own steps, right and wrong alike, and solutions made wrong or malformed. */
function labelled(
  corpus: Corpus,
  { own, missed }: OwnRollouts,
  tokenizer: LoadedTokenizer,
  plan: Preparation,
): () => LabelledRollout {
  const draw = random(plan.seed, 'prm examples')
  const problems = corpus.solved(plan.seed + 3)
  const wrong = own.filter(example => example.labels_S.includes(false))
  const right = own.filter(example => !example.labels_S.includes(false))
  const ownShare = own.length > 0 ? 0.55 : 0
  const make = (): LabelledRollout | null => {
    const kind = draw()
    if (kind < ownShare) {
      if (missed.length > 0 && draw() < 0.2) return pick(draw, missed)
      const from = draw() < 0.65 && wrong.length > 0 ? wrong : right
      return from.length > 0 ? pick(draw, from) : null
    }
    const problem = problems.next().value
    const rest = (kind - ownShare) / (1 - ownShare)
    if (rest < 0.6) return mutatedExample(problem, tokenizer, corpus.mutate, draw)
    if (rest < 0.8)
      return malformedExample(problem, tokenizer, pick(draw, malformations), draw, corpus.oracle)
    return rightExample(problem, tokenizer)
  }
  return () => {
    for (;;) {
      const example = make()
      if (example !== null && fits(example, plan)) return example
    }
  }
}

function fits({ rollout }: LabelledRollout, { maxPositions }: Preparation): boolean {
  return rollout.promptIds.length + rollout.ids.length <= maxPositions
}
