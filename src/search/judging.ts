// What the judge is asked of the paths of searches: about each step once.

import { VerifierError } from '../errors.ts'
import { closedSteps, type Path } from '../rollouts/extend.ts'
import type { Problem } from '../types.ts'
import type { StepScores } from './search.ts'

/** A path of a problem, whose steps are to be judged behind those that are known. */
export interface AskedPath {
  readonly problem: Problem
  readonly path: Path
  readonly known: StepScores // of its first steps; null also where another path of the same call asks about a step
}

/** Who judges the steps of paths. */
export interface PathJudge {
  readonly name: string
  /** Of each path the scores of its steps behind the known ones. */
  scores(asked: readonly AskedPath[], signal?: AbortSignal): Promise<readonly StepScores[]>
  /** What its scores of a path's steps say of those that have none; default nothing. */
  filled?(scores_S: StepScores): StepScores
}

/** The steps of a search that have a score. */
export class StepsKnown {
  /** Steps that the judge was asked about. */
  asked = 0
  /** By the tokens up to the end of a step, and how the path ends there where it does. */
  readonly scores = new Map<string, number>()
}

/** A path whose search wants scores behind the known ones. */
export interface Wanted extends AskedPath {
  readonly judged: StepsKnown
}

/**
 * Of each path the scores that are wanted; a step that paths of a search have in common is asked about once. A VerifierError
 * for other scores than those that were asked for, and where there is none at all.
 */
export async function scoresOf(
  wanted: readonly Wanted[],
  judge: PathJudge | null,
  signal?: AbortSignal,
): Promise<readonly StepScores[]> {
  if (wanted.length === 0) return []
  if (judge === null)
    throw new VerifierError('a search asks for scores of steps, and there is no judge')
  const asking = wanted.map(one => ({ ...one, keys: keysOf(one.path).slice(one.known.length) }))
  const round = new Map<StepsKnown, Map<string, number | null>>()
  const asked = asking.flatMap(({ judged, keys, known, problem, path }) => {
    const fresh = round.get(judged) ?? new Map<string, number | null>()
    round.set(judged, fresh)
    const first = keys.findIndex(key => !judged.scores.has(key) && !fresh.has(key))
    if (first < 0) return []
    const before = keys.slice(0, first).map(key => judged.scores.get(key) ?? null)
    const own = keys.slice(first)
    for (const key of own) fresh.set(key, null)
    judged.asked += own.length
    return [{ path: { problem, path, known: [...known, ...before] }, own, fresh }]
  })
  const paths = asked.map(({ path }) => path)
  const rows = paths.length === 0 ? [] : await judge.scores(paths, signal)
  requireRows(judge, paths, rows)
  for (const [i, { own, fresh }] of asked.entries())
    for (const [s, key] of own.entries()) fresh.set(key, rows[i]![s]!)
  const found = asking.map(({ judged, keys, known }) => {
    const fresh = round.get(judged)!
    const raw = [...known, ...keys.map(key => fresh.get(key) ?? judged.scores.get(key) ?? null)]
    const scores_S = (judge.filled?.(raw) ?? raw).slice(known.length)
    for (const [s, key] of keys.entries()) if (fresh.has(key)) fresh.set(key, scores_S[s]!)
    return scores_S
  })
  for (const [judged, fresh] of round)
    for (const [key, score] of fresh) if (score !== null) judged.scores.set(key, score)
  requireScores(
    judge,
    [...round.values()].flatMap(fresh => [...fresh.values()]),
  )
  return found
}

/** Equal for steps of equal beginnings of paths: a score is that of a step and of what stands before it. */
function keysOf(path: Path): string[] {
  const closed = path.stop === 'paused' ? closedSteps(path) : path.steps.length - 1
  return path.steps.map(({ end }, s) => {
    return `${s < closed ? '' : path.stop} ${path.ids.subarray(0, end).join()}`
  })
}

function requireRows(
  { name }: PathJudge,
  paths: readonly AskedPath[],
  rows: readonly StepScores[],
): void {
  if (rows.length !== paths.length)
    throw new VerifierError(`${name}: ${rows.length} rows of scores for ${paths.length} paths`)
  rows.forEach((row, i) => {
    const { path, known, problem } = paths[i]!
    const wanted = path.steps.length - known.length
    if (row.length !== wanted)
      throw new VerifierError(
        `${name}: ${row.length} scores for ${wanted} steps of a path of problem ${problem.id}`,
      )
  })
}

function requireScores({ name }: PathJudge, scores: readonly (number | null)[]): void {
  if (scores.length > 0 && scores.every(score => score === null))
    throw new VerifierError(
      `${name}: no score for any of the ${scores.length} steps that were to be judged; a search cannot go by it`,
    )
}
