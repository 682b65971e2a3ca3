// Where scores come from: a scorer that is asked, a file of them, or what is evaluated itself.

import { ConfigError, DataError } from '../../errors.ts'
import type { ScoredSet } from '../../prm/evaluate/candidates-report.ts'
import type { CandidateSet } from '../../prm/formats/candidates.ts'
import { readScores } from '../../prm/formats/scores.ts'
import type { StepScorer, StepScores } from '../../prm/score/step-scorer.ts'
import type { Solution } from '../../prm/solution.ts'
import { progress } from '../progress.ts'

/** Scores of solutions, and what is known of their meaning. */
export interface ScoreSource {
  readonly name: string
  readonly range: readonly [number, number] | null // null: what the scores show
  readonly threshold: number | null
  of(solutions: readonly Solution[]): Promise<readonly StepScores[]>
}

const batchSize = 512 // solutions

/** A scorer as a source, which shows how far it is. */
export function scorerSource(scorer: StepScorer, signal: AbortSignal): ScoreSource {
  return {
    name: scorer.name,
    range: scorer.range,
    threshold: scorer.threshold,
    async of(solutions) {
      const rows: StepScores[] = []
      const shown = solutions.length > batchSize ? progress('scoring', solutions.length) : null
      for (let from = 0; from < solutions.length; from += batchSize) {
        signal.throwIfAborted()
        rows.push(...(await scorer.score(solutions.slice(from, from + batchSize), signal)))
        shown?.update(rows.length)
      }
      shown?.end()
      return rows
    },
  }
}

/** A file of {id, scores} as a source; a solution without scores, or with too many, is a DataError. */
export async function fileSource(file: string): Promise<ScoreSource> {
  const scores = await readScores(file)
  return {
    name: file,
    range: null,
    threshold: null,
    async of(solutions) {
      const without = solutions.filter(({ id }) => !scores.has(id))
      if (without.length > 0)
        throw new DataError(
          `${file}: no scores of ${without.length} of ${solutions.length} solutions; the first is ${without[0]!.id}`,
        )
      return solutions.map(({ id, steps }) => {
        const found = scores.get(id) ?? steps.map(() => null)
        if (found.length === steps.length) return found
        throw new DataError(
          `${file}: ${found.length} scores for the ${steps.length} steps of ${id}`,
        )
      })
    },
  }
}

/** The scores of candidates: of a source, else those that their file holds. The n-th of a set is the solution 'ID/n'. */
export async function scoredSets(
  sets: readonly CandidateSet[],
  source: ScoreSource | null,
): Promise<ScoredSet[]> {
  if (source === null) return sets.map(ownScores)
  const solutions_P = sets.map(({ id, problem, candidates }) =>
    candidates.map(({ steps }, n): Solution => {
      if (steps !== null) return { id: `${id}/${n}`, problem, steps }
      throw new DataError(
        `candidate ${n} of ${id} has no steps to score; its file has scores alone`,
      )
    }),
  )
  const rows = (await source.of(solutions_P.flat())).values()
  return sets.map((set, p) => ({ set, scores_N: solutions_P[p]!.map(() => rows.next().value!) }))
}

function ownScores(set: CandidateSet): ScoredSet {
  const scores_N = set.candidates.map(({ scores_S, score }) => scores_S ?? score)
  if (scores_N.every(scores => scores === null))
    throw new ConfigError(
      `the candidates of ${set.id} have no scores of their own: name a judge with --prm, or a file with --scores`,
    )
  return { set, scores_N }
}
