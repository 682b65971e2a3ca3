// PRMBench's measures (arXiv:2501.03124): every step of every solution is judged right or wrong.

import { mean } from '../../numbers/numeric.ts'

/** Its classes under their categories, as the files spell them, with the paper's short names. */
export const prmBenchCategories = {
  simplicity: { redundency: 'NR', circular: 'NCL' },
  soundness: {
    counterfactual: 'ES',
    step_contradiction: 'SC',
    domain_inconsistency: 'DC',
    confidence: 'CI',
  },
  sensitivity: { missing_condition: 'PS', deception: 'DR', multi_solutions: 'MS' },
} as const

/** One solution: what each step is, and what the judge says; null where it said nothing. */
export interface JudgedSteps {
  readonly id: string // '<class>_<idx>'
  readonly kind: string // its class; 'correct' for the solutions that the others were made from
  readonly right_S: readonly boolean[]
  readonly judgedRight_S: readonly boolean[] | null
}

/** Shares in [0, 1]; -1 where there is nothing to count, as its published tables have it. */
export interface PrmScore {
  readonly solutions: number
  readonly prmScore: number // the mean of both F1, at least 0; of multi_solutions the first alone
  readonly f1: number // of right steps
  readonly negativeF1: number // of wrong steps
  readonly stepAccuracy: number
  readonly rightAccuracy: number // of right steps, those judged right
  readonly wrongAccuracy: number // of wrong steps, those judged wrong
  readonly firstErrorAccuracy: number // of first wrong steps, those judged wrong
  /** Mean distance of the share of steps judged right to that of the original solution, where originals are there. */
  readonly similarity: number
}

export interface PrmBenchQuality {
  readonly overall: PrmScore // of all steps together, not the mean of classes
  readonly classes: Readonly<Record<string, PrmScore>>
  readonly categories: Readonly<Record<string, number>> // PRMScore: the mean of its classes that are there
  readonly unjudged: number // solutions without a judgement, which are in no measure
}

/** PRMScore and its companions, overall, by class and by category. Originals are in no score. */
export function prmBenchQuality(all: readonly JudgedSteps[]): PrmBenchQuality {
  const judged = all.filter(isJudged)
  const originals = new Map(
    judged
      .filter(({ kind }) => kind === 'correct')
      .map(one => [one.id.slice('correct_'.length), shareRight(one)]),
  )
  const modified = judged.filter(({ kind }) => kind !== 'correct')
  const kinds = [...new Set(modified.map(({ kind }) => kind))]
  const classes = Object.fromEntries(
    kinds.map(kind => {
      const score = scoreOf(
        modified.filter(one => one.kind === kind),
        originals,
      )
      // it has no wrong steps, so that only the F1 of right ones says something
      const prmScore = kind === 'multi_solutions' ? Math.max(0, score.f1) : score.prmScore
      return [kind, { ...score, prmScore }]
    }),
  )
  const categories = Object.entries(prmBenchCategories).flatMap(([name, members]) => {
    const there = Object.keys(members).flatMap(kind => classes[kind]?.prmScore ?? [])
    return there.length === 0 ? [] : [[name, mean(there)] as const]
  })
  return {
    overall: scoreOf(modified, originals),
    classes,
    categories: Object.fromEntries(categories),
    unjudged: all.length - judged.length,
  }
}

type Known = JudgedSteps & { readonly judgedRight_S: readonly boolean[] }

function isJudged(one: JudgedSteps): one is Known {
  return one.judgedRight_S !== null
}

function shareRight({ judgedRight_S }: Known): number {
  return mean(judgedRight_S.map(Number))
}

function scoreOf(solutions: readonly Known[], originals: ReadonlyMap<string, number>): PrmScore {
  const steps = solutions.flatMap(({ right_S, judgedRight_S }) =>
    right_S.map((right, s) => ({ right, judged: judgedRight_S[s]! })),
  )
  const count = (right: boolean, judged: boolean): number =>
    steps.filter(step => step.right === right && step.judged === judged).length
  const [tp, fp, fn, tn] = [
    count(true, true),
    count(false, true),
    count(true, false),
    count(false, false),
  ]
  const firsts = solutions.flatMap(({ right_S, judgedRight_S }) => {
    const first = right_S.indexOf(false)
    return first < 0 ? [] : [Number(!judgedRight_S[first])]
  })
  const apart = solutions.flatMap(one => {
    const original = originals.get(one.id.slice(one.kind.length + 1))
    // an original of which no step is judged right is left out, as in the published measure
    return original ? [Math.abs(shareRight(one) - original)] : []
  })
  const [f1, negativeF1] = [f1Of(tp, fp, fn), f1Of(tn, fn, fp)]
  return {
    solutions: solutions.length,
    prmScore: Math.max(0, (f1 + negativeF1) / 2),
    f1,
    negativeF1,
    stepAccuracy: share(tp + tn, steps.length),
    rightAccuracy: share(tp, tp + fn),
    wrongAccuracy: share(tn, tn + fp),
    firstErrorAccuracy: firsts.length === 0 ? -1 : mean(firsts),
    similarity: apart.length === 0 ? -1 : mean(apart),
  }
}

/** With its own arithmetic of what is undefined: -1 for a share of nothing, and for an F1 whose shares cancel. */
function f1Of(hit: number, false_: number, missed: number): number {
  const [precision, recall] = [share(hit, hit + false_), share(hit, hit + missed)]
  const sum = precision + recall
  return sum === 0 ? -1 : (2 * precision * recall) / sum + 0 // -0 is 0
}

function share(count: number, of: number): number {
  return of === 0 ? -1 : count / of
}
