import { asShare, calibration } from '../prm/evaluate/calibration.ts'
import {
  judgeScores,
  type LabelledScores,
  type PrmQuality,
  scoresBeside,
} from '../prm/evaluate/judge-scores.ts'
import { mutatedExample, rightExample } from '../prm/label/labelled.ts'
import { random } from '../random.ts'
import { stepScores } from '../rewards/step-scores.ts'
import { independent, type Sampler } from '../rollouts/independent.ts'
import { asRollout } from '../rollouts/text-rollout.ts'
import type { Engine, Problem } from '../types.ts'
import type { Corpus } from './corpus.ts'

/** What a judge was measured on, and how it did. */
export interface JudgeCheck {
  readonly on: string
  readonly quality: PrmQuality
  /** How far (score + 1) / 2 is from the chance that a step is right, on average; NaN of no labelled step. */
  readonly calibrationError: number
}

/**
 * Measures a process reward model where it will be used: on held-out rollouts of the policy, by the oracle. Without an
 * oracle, on held-out worked solutions, half of them with a step made wrong.
 */
export async function checkJudge(
  judge: Engine,
  sampler: Sampler,
  corpus: Corpus,
  count: number,
  seed: number,
): Promise<JudgeCheck> {
  const problems = corpus.validation(count)
  if (corpus.oracle === null) return checkOnMutations(judge, sampler, corpus, problems, seed)
  const groups = await independent({ ...sampler, greedy: false }, 2)(problems, seed)
  const on = `${2 * groups.length} held-out rollouts of the policy`
  return checked(on, await scoresBeside(judge, groups, corpus.oracle))
}

async function checkOnMutations(
  judge: Engine,
  { tokenizer }: Sampler,
  corpus: Corpus,
  problems: readonly Problem[],
  seed: number,
): Promise<JudgeCheck> {
  const draw = random(seed, 'judge check')
  const examples = problems
    .flatMap(p => [rightExample(p, tokenizer), mutatedExample(p, tokenizer, corpus.mutate, draw)])
    .filter(example => example !== null)
    .filter(({ rollout: r }) => r.promptIds.length + r.ids.length <= judge.info.maxPositions)
  const groups = examples.map(({ problem, rollout }) => ({
    problem,
    rollouts: [asRollout(rollout)],
  }))
  const rewards_P = await stepScores(judge)(groups)
  const pairs = examples.map(({ labels_S }, p) => ({
    labels_S,
    scores_S: rewards_P[p]!.steps_G_S[0]!,
  }))
  return checked(`${examples.length} held-out solutions, half of them made wrong`, pairs)
}

function checked(on: string, pairs: readonly LabelledScores[]): JudgeCheck {
  const points = pairs.flatMap(({ labels_S, scores_S }) =>
    labels_S.flatMap((label, s) =>
      label === null ? [] : [{ score: asShare(scores_S[s]!, [-1, 1])!, label: Number(label) }],
    ),
  )
  return { on, quality: judgeScores(pairs), calibrationError: calibration(points).error }
}
