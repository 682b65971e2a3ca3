import type { Scorer, StepRewards } from '../../method.ts'
import type { Group } from '../../types.ts'
import { firstWrong, labelByOracle, type StepLabel, type StepOracle } from '../label/labelled.ts'
import { namedFirst } from './first-error.ts'

/** How well a judge finds wrong steps; every share is NaN where there is nothing to count. */
export interface PrmQuality {
  readonly steps: number // labelled ones
  readonly stepAccuracy: number // share of labelled steps judged right or wrong as they are
  readonly rightKept: number // share of right steps judged right
  readonly wrongFound: number // share of first wrong steps judged wrong
  readonly firstErrorPrecision: number // of the first errors that it names, those that are
  readonly firstErrorRecall: number // of the first errors that there are, those that it names
  readonly firstErrorF1: number
  readonly correlation: number // of its scores with right = 1 and wrong = -1
}

/** How the process rewards of rollouts agree with an oracle; a reward of 0 or less means wrong. */
export async function evaluatePrm(
  scoreSteps: Scorer<StepRewards>,
  groups: readonly Group[],
  oracle: StepOracle,
  signal?: AbortSignal,
): Promise<PrmQuality> {
  return judgeScores(await scoresBeside(scoreSteps, groups, oracle, signal))
}

/** What a judge says of the steps of rollouts, beside what an oracle says. */
export async function scoresBeside(
  scoreSteps: Scorer<StepRewards>,
  groups: readonly Group[],
  oracle: StepOracle,
  signal?: AbortSignal,
): Promise<LabelledScores[]> {
  const rewards_P = await scoreSteps(groups, signal)
  return groups.flatMap(({ problem, rollouts }, p) =>
    rollouts.map((rollout, g) => ({
      labels_S: labelByOracle(problem, rollout, oracle).labels_S,
      scores_S: rewards_P[p]!.steps_G_S[g] ?? rollout.steps.map(() => null),
    })),
  )
}

/** Scores of a solution's steps, null where one is missing, and the labels of the same steps. */
export interface LabelledScores {
  readonly labels_S: readonly StepLabel[]
  readonly scores_S: ArrayLike<number | null>
}

/** The quality of scores, given the labels of the same steps; above the threshold a step is judged right. */
export function judgeScores(pairs: readonly LabelledScores[], { threshold = 0 } = {}): PrmQuality {
  const points: [number, number][] = []
  let [there, named, both] = [0, 0, 0]
  for (const { labels_S, scores_S } of pairs) {
    labels_S.forEach((label, s) => {
      const score = scores_S[s]!
      if (label !== null && score !== null) points.push([label ? 1 : -1, score])
    })
    const actual = firstWrong(labels_S)
    const judged = namedFirst(Array.from(scores_S), threshold) ?? -1
    there += Number(actual >= 0)
    // where nothing is wrong, or nothing after it is labelled, a name can still be false
    named += Number(judged >= 0)
    both += Number(actual >= 0 && actual === judged)
  }
  const share = (of: (label: number, score: number) => boolean, label?: number): number => {
    const counted = points.filter(([y]) => label === undefined || y === label)
    return counted.filter(([y, x]) => of(y, x)).length / counted.length
  }
  const agrees = (y: number, x: number): boolean => y > 0 === x > threshold
  const [firstErrorPrecision, firstErrorRecall] = [both / named, both / there]
  return {
    steps: points.length,
    stepAccuracy: share(agrees),
    rightKept: share(agrees, 1),
    wrongFound: share(agrees, -1),
    firstErrorPrecision,
    firstErrorRecall,
    firstErrorF1: (2 * both) / (named + there),
    correlation: correlation(points),
  }
}

function correlation(points: readonly (readonly [number, number])[]): number {
  const mean = (f: (p: readonly [number, number]) => number): number =>
    points.reduce((sum, p) => sum + f(p), 0) / points.length
  const [x, y] = [mean(p => p[0]), mean(p => p[1])]
  const covariance = mean(p => (p[0] - x) * (p[1] - y))
  return covariance / Math.sqrt(mean(p => (p[0] - x) ** 2) * mean(p => (p[1] - y) ** 2))
}
