// The process reward model's own schooling: which labelled steps it sees, and in what proportion.

import { openWithNewHead } from '../engine/onnx/open.ts'
import {
  firstWrong,
  type LabelledRollout,
  malformedExample,
  mutatedExample,
  rightExample,
} from '../prm/label/labelled.ts'
import { layoutEntry, minformLayout } from '../prm/layout.ts'
import { ofClasses } from '../prm/train/objective.ts'
import { tokenLabels, weighWrong } from '../prm/train/sequence.ts'
import { type PrmSchedule, trainPrm } from '../prm/train/trainer.ts'
import { malformations } from '../problems/malformed.ts'
import { hashSeed, pick, random } from '../random.ts'
import { stepScores } from '../rewards/step-scores.ts'
import { asRollout } from '../rollouts/text-rollout.ts'
import { type LoadedTokenizer, loadTokenizer } from '../tokenizer/tokenizer.ts'
import type { Engine, LabelledSequence } from '../types.ts'
import type { Corpus } from './corpus.ts'
import { ownRollouts } from './own-rollouts.ts'
import type { Preparation, StageReport } from './plan.ts'

/** A reward model trained on labelled steps: the policy's own where an oracle can judge them, and ones made wrong. */
export async function teachJudge(
  corpus: Corpus,
  folders: { readonly base: string; readonly trunk: string; readonly prm: string },
  plan: Preparation,
  report: StageReport,
  signal?: AbortSignal,
): Promise<void> {
  const tokenizer = await loadTokenizer(folders.base)
  const judge = await openWithNewHead(folders.trunk, {
    newLayers: plan.judgeLayers,
    seed: plan.seed,
    device: plan.device,
    threads: plan.threads,
  })
  try {
    for (let round = 1; round <= plan.prmRounds; round++) {
      const fresh = { ...plan, seed: hashSeed(plan.seed, 'round', round) }
      const own = await ownRollouts(corpus, folders.base, tokenizer, fresh, report, signal)
      signal?.throwIfAborted()
      report.start(`reward model, round ${round} of ${plan.prmRounds}`, plan.prmUpdates, 'updates')
      const missed = round === 1 ? [] : await misjudged(judge, own)
      const next = examples(corpus, { own, missed }, tokenizer, fresh)
      await trainPrm(judge, next, ofClasses(), scheduleOf(plan, round === 1, report, signal))
      report.end()
    }
    const config = layoutEntry(minformLayout)
    await judge.save(folders.prm, { dtype: 'bfloat16', tokenizer: folders.base, config })
  } finally {
    await judge.close()
  }
}

/** The head is new in the first round only: there it learns alone before everything does. */
function scheduleOf(
  { prmUpdates, prmRate, batch }: Preparation,
  first: boolean,
  report: StageReport,
  signal?: AbortSignal,
): PrmSchedule {
  const headUpdates = first ? Math.min(50, Math.ceil(prmUpdates / 10)) : 0
  return {
    headUpdates,
    headRate: 1e-3,
    updates: prmUpdates - headUpdates,
    learningRate: prmRate,
    batch,
    onUpdate: (done, loss) => report.update(done, `loss ${loss.toFixed(4)}`),
    ...(signal ? { signal } : {}),
  }
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
  return () => {
    const example = next()
    const wrong = firstWrong(example.labels_S)
    const steps = example.rollout.steps.map(step => step.text)
    const right = wrong < 0 ? [] : corpus.rightSteps(example.problem, steps, wrong)
    return weighWrong(tokenLabels(example, right, tokenizer), plan.wrongWeight)
  }
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
