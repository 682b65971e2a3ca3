import { DataError } from '../../errors.ts'
import { closedSteps } from '../../rollouts/extend.ts'
import type { AskedPath, PathJudge } from '../../search/judging.ts'
import type { Problem } from '../../types.ts'
import type { Solution } from '../solution.ts'
import { scoreEach } from './score-each.ts'
import type { StepScorer, StepScores } from './step-scorer.ts'

/**
 * A scorer of steps as the judge of a search, in the scorer's own numbers. Steps that follow a wrong one, at which some
 * scorers stop, are as wrong as it is; the steps of what the scorer cannot read have no score.
 */
export function pathJudge(
  scorer: StepScorer,
  { asked = problem => problem }: { readonly asked?: (problem: Problem) => Problem } = {},
): PathJudge {
  return {
    name: scorer.name,
    scores: async (paths, signal) => {
      const solutions = paths.map((one, i) => solutionOf(one, `path ${i}`, asked))
      const rows = await scoreEach(scorer, solutions, signal)
      return rows.map((row, i) => {
        const { path, known } = paths[i]!
        if (row instanceof DataError) return path.steps.slice(known.length).map(() => null)
        return row.slice(known.length)
      })
    },
    filled: scores_S => filled(scores_S, scorer),
  }
}

function solutionOf(
  { problem, path, known }: AskedPath,
  name: string,
  asked: (problem: Problem) => Problem,
): Solution {
  const goesOn = path.stop === 'paused'
  const within = goesOn && closedSteps(path) < path.steps.length
  return {
    id: `${problem.id}, ${name}`,
    problem: asked(problem),
    steps: path.steps.map(({ text }) => text),
    ended: path.stop === 'stop' || (goesOn && !within),
    goesOn,
    judged: known.length,
  }
}

/** Scores without those that are missing behind the first wrong one. */
function filled(scores_S: StepScores, { threshold }: StepScorer): StepScores {
  const wrong = scores_S.findIndex(score => score !== null && !(score > threshold))
  if (wrong < 0) return scores_S
  return scores_S.map((score, s) => score ?? (s > wrong ? scores_S[wrong]! : null))
}
