import type { Formula, Now, Outcome, Parts, Settings, StepRewards } from '../method.ts'
import { mean } from '../numbers/numeric.ts'
import { lastBox } from '../text/boxes.ts'
import { isWrong } from './steps.ts'
import { type Rule, told } from './streams.ts'

/** What each of the five terms of a plan's reward weighs. */
export type RubricWeights = readonly [
  soft: number, // share of soft constraints that hold
  hard: number, // and of hard ones
  allSoft: number, // 1 where all soft ones hold
  allHard: number,
  all: number, // 1 where all of both do
]

/** Dense at first, then by category, then whether all is right alone (arXiv:2509.25779, section 3.2). */
export const rubricStages = {
  dense: [1, 1, 1, 1, 1],
  category: [0, 0, 1, 1, 1],
  sparse: [0, 0, 0, 0, 1],
} as const satisfies Readonly<Record<string, RubricWeights>>

/**
 * Every token is credited with the weighted sum of what holds of an answer, 0 without a box that closes: each step is a soft
 * constraint, that holds where a judge does not call it wrong, below 0, and the outcome is the share of hard constraints that hold
 * (Planner-R1, arXiv:2509.25779, eq. 1). Null where the outcome or the steps' scores are not known.
 */
export function planRubric(weights: RubricWeights): Rule<Outcome & StepRewards> {
  return told(
    ({ rollouts }, { outcome_G, steps_G_S }) =>
      rollouts.map(({ ids, text }, g) => {
        const [outcome, scores_S] = [outcome_G[g], steps_G_S[g]]
        if (outcome == null || scores_S == null) return null
        const formed = Number(lastBox(text) !== null)
        const soft = 1 - mean(Array.from(scores_S, isWrong))
        return new Float32Array(ids.length).fill(formed * rubricOf(soft, outcome, weights))
      }),
    rubricFormula(weights),
  )
}
planRubric.trial = {
  usual: () => dense,
  build: (settings: Settings) => planRubric(weightsOf(settings)),
}

/**
 * Every token is credited with the weighted sum of the shares of soft and hard constraints that a plan keeps, as an environment found
 * them, 0 where there is no plan (Planner-R1, arXiv:2509.25779, eq. 1). Null where one of them is not known of a plan.
 */
export function constraintRubric(
  weights: RubricWeights,
): Rule<Parts<'schema'> & Parts<'soft'> & Parts<'hard'>> {
  return told(
    ({ rollouts }, { parts_G }) => {
      for (const [name, { length }] of Object.entries(parts_G))
        if (length !== rollouts.length)
          throw new RangeError(
            `constraintRubric: ${length} of ${name} for ${rollouts.length} rollouts`,
          )
      return rollouts.map(({ ids }, g) => {
        const [schema, soft, hard] = [parts_G.schema[g], parts_G.soft[g], parts_G.hard[g]]
        if (schema === 0) return new Float32Array(ids.length)
        if (schema == null || soft == null || hard == null) return null
        return new Float32Array(ids.length).fill(schema * rubricOf(soft, hard, weights))
      })
    },
    { ...rubricFormula(weights), name: 'rubric of an environment' },
  )
}
constraintRubric.trial = {
  usual: () => dense,
  build: (settings: Settings) => constraintRubric(weightsOf(settings)),
}

/** The weighted sum of the shares of soft and hard constraints, of whether all of each hold, and of whether all do. */
export function rubricOf(soft: number, hard: number, weights: RubricWeights): number {
  const [allSoft, allHard] = [Number(soft === 1), Number(hard === 1)]
  const terms = [soft, hard, allSoft, allHard, allSoft * allHard]
  return terms.reduce((sum, term, i) => sum + weights[i]! * term, 0)
}

/** The weights of an iteration: those of a stage, or a fifth of the run dense, then by category, and sparse in its last fifth. */
export function rubricWeights(
  stage: keyof typeof rubricStages | 'curriculum',
  { iteration, iterations }: Pick<Now, 'iteration' | 'iterations'>,
): RubricWeights {
  if (stage !== 'curriculum') return rubricStages[stage]
  const done = (iteration - 1) / iterations
  return done < 0.2 ? rubricStages.dense : done < 0.8 ? rubricStages.category : rubricStages.sparse
}

const dense = { soft: 1, hard: 1, allSoft: 1, allHard: 1, all: 1 }

function weightsOf({ soft, hard, allSoft, allHard, all }: Settings): RubricWeights {
  return [Number(soft), Number(hard), Number(allSoft), Number(allHard), Number(all)]
}

function rubricFormula(weights: RubricWeights): Formula {
  const [soft, hard, allSoft, allHard, all] = weights
  return {
    name: 'rubric of a plan',
    formula: `G[t] = ${soft} * soft + ${hard} * hard + ${allSoft} * all soft + ${allHard} * all hard + ${all} * all, which hold`,
    source: 'arXiv:2509.25779, eq. 1',
    options: { soft, hard, allSoft, allHard, all },
  }
}
