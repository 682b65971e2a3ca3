import { RunError } from '../errors.ts'
import { mean } from '../numeric.ts'
import { type Audit, audit } from '../prm/audit/audit.ts'
import { asShare, calibration } from '../prm/evaluate/calibration.ts'
import {
  judgeScores,
  type LabelledScores,
  type PrmQuality,
  scoresBeside,
} from '../prm/evaluate/judge-scores.ts'
import { mutatedExample, rightExample } from '../prm/label/labelled.ts'
import { random } from '../random.ts'
import type { PatternName } from '../rewards/patterns.ts'
import { independent, type Sampler } from '../rollouts/independent.ts'
import { asRollout } from '../rollouts/text-rollout.ts'
import type { Problem } from '../types.ts'
import type { Corpus } from './corpus.ts'
import type { RunJudge } from './judge.ts'

/** What a judge was measured on, and how it did. */
export interface JudgeCheck {
  readonly on: string
  readonly quality: PrmQuality
  /** How far (score + 1) / 2 is from the chance that a step is right, on average; NaN of no labelled step. */
  readonly calibrationError: number
}

/** What canaries may do: refuse a judge that fails on them, only warn, or not be made. */
export const auditPolicies = ['on', 'warn', 'off'] as const
export type AuditPolicy = (typeof auditPolicies)[number]

const judgeFloor = 0.6 // mean of right steps kept and wrong steps found; 0.5 is chance

/**
 * Measures a process reward model where it will be used: on held-out rollouts of the policy, by the oracle. Without an
 * oracle, on held-out worked solutions, half of them with a step made wrong.
 */
export async function checkJudge(
  judge: Pick<RunJudge, 'rewards' | 'positions'>,
  sampler: Sampler,
  corpus: Corpus,
  count: number,
  seed: number,
): Promise<JudgeCheck> {
  const problems = corpus.validation(count)
  if (corpus.oracle === null) return checkOnMutations(judge, sampler, corpus, problems, seed)
  const groups = await independent({ ...sampler, greedy: false }, 2)(problems, seed)
  const on = `${2 * groups.length} held-out rollouts of the policy`
  return checked(on, await scoresBeside(judge.rewards, groups, corpus.oracle))
}

/** Refuses, with a RunError, a judge that is near chance: it would only mislead. */
export function requireBetterThanChance({ on, quality }: JudgeCheck): void {
  const { rightKept, wrongFound } = quality
  const balanced = mean([rightKept, wrongFound].filter(Number.isFinite)) // of those there are
  if (balanced >= judgeFloor) return
  throw new RunError(
    `the process reward model tells right from wrong steps at ${balanced.toFixed(2)} (chance is 0.5, ` +
      `wanted ${judgeFloor}) on ${on}; train it longer, or use the recipe pure-vr, which needs none`,
  )
}

/**
 * What a judge makes of known hacks, as far as no gate takes their reward away anyhow; null where no held-out problem has a
 * worked solution to make them of.
 */
export async function auditJudge(
  { scorer }: Pick<RunJudge, 'scorer'>,
  corpus: Corpus,
  { count, seed, gates }: { count: number; seed: number; gates: readonly PatternName[] },
): Promise<Audit | null> {
  const problems = corpus.validation(count).filter(({ solution }) => (solution?.length ?? 0) > 0)
  if (problems.length === 0) return null
  return audit(scorer, problems, { mutate: corpus.mutate, seed, gates })
}

/** Refuses, with a RunError, a judge that rewards answers that solve nothing. */
export function requireNoHacks({ rows, verdict }: Audit): void {
  if (verdict !== 'refuse') return
  const names = rows.flatMap(row => (row.verdict === 'refuse' ? [row.name] : []))
  throw new RunError(
    `the process reward model fails on canaries: ${names.join(', ')}. What learns from it will find them; ` +
      `train it on such answers, gate them (--gate), or go on with --audit warn`,
  )
}

async function checkOnMutations(
  { rewards, positions }: Pick<RunJudge, 'rewards' | 'positions'>,
  { tokenizer }: Sampler,
  corpus: Corpus,
  problems: readonly Problem[],
  seed: number,
): Promise<JudgeCheck> {
  const draw = random(seed, 'judge check')
  const examples = problems
    .flatMap(p => [rightExample(p, tokenizer), mutatedExample(p, tokenizer, corpus.mutate, draw)])
    .filter(example => example !== null)
    .filter(({ rollout: r }) => r.promptIds.length + r.ids.length <= positions)
  const groups = examples.map(({ problem, rollout }) => ({
    problem,
    rollouts: [asRollout(rollout)],
  }))
  const rewards_P = await rewards(groups)
  const pairs = examples.map(({ labels_S }, p) => ({
    labels_S,
    scores_S: rewards_P[p]!.steps_G_S[0] ?? labels_S.map(() => null),
  }))
  return checked(`${examples.length} held-out solutions, half of them made wrong`, pairs)
}

function checked(on: string, pairs: readonly LabelledScores[]): JudgeCheck {
  const points = pairs.flatMap(({ labels_S, scores_S }) =>
    labels_S.flatMap((label, s) => {
      const score = scores_S[s] ?? null
      if (label === null || score === null) return []
      return [{ score: asShare(score, [-1, 1])!, label: Number(label) }]
    }),
  )
  return { on, quality: judgeScores(pairs), calibrationError: calibration(points).error }
}
