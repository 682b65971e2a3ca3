// `minform prm score`: scores of the steps of solutions. One line a row, in order.

import { defineCommand } from 'citty'
import { fileRows } from '../../data/file-rows.ts'
import { ConfigError, DataError, VerifierError } from '../../errors.ts'
import { random } from '../../numbers/random.ts'
import { aggregationsOf, wholeScore } from '../../prm/evaluate/whole-score.ts'
import { holdsPrompt, solutionOfRow } from '../../prm/formats/solution-rows.ts'
import { spendingOf } from '../../prm/score/judge.ts'
import { scoreEach } from '../../prm/score/score-each.ts'
import { arithmeticPair, type KnownPair, pairOf, selfTest } from '../../prm/score/self-test.ts'
import type { StepScorer, StepScores } from '../../prm/score/step-scorer.ts'
import type { Solution } from '../../prm/solution.ts'
import { takeProblems } from '../../problems/splits.ts'
import { openTask, requireParts } from '../../user/task.ts'
import { writeRecord } from '../io.ts'
import { placeSection } from '../model.ts'
import { batches } from '../rows.ts'
import { promptArgs, promptSection } from '../training/prompt.ts'
import { openAskingScorer } from './asking-scorer.ts'
import { judgeSection, scorerArgs } from './scorer-flags.ts'

const batchSize = 256 // solutions

/** What is said of one row; `scores` is null where it could not be scored at all, for the reason in `error`. */
export interface ScoredRow {
  readonly id: string
  readonly scores: StepScores | null
  readonly score: number | null
  readonly error?: string
}

/** A row that was read, or why it could not be. */
type ReadRow =
  | { readonly id: string; readonly solution: Solution }
  | { readonly id: string; readonly error: DataError }

const command = defineCommand({
  meta: { name: 'score', description: 'Scores of the steps of solutions' },
  args: {
    file: {
      type: 'positional',
      required: false,
      description:
        'JSON Lines or Parquet of {problem or prompt, steps or text}; standard input when absent or -',
    },
    ...scorerArgs,
    ...promptArgs,
    skipBad: {
      type: 'boolean',
      description: 'a row that cannot be scored is written with its error, and does not end it all',
    },
    selfTest: { type: 'boolean', description: 'ask the scorer to check itself, and nothing else' },
    task: {
      type: 'string',
      valueHint: 'name',
      description: 'of the self-test; default a sum that any model can read',
    },
    json: { type: 'boolean', description: 'of the self-test: print JSON' },
  },
  async run({ args }) {
    const scorer = await openAskingScorer(args)
    try {
      requireAggregation(scorer)
      if (args.selfTest) return await report(scorer, args.task ?? args.oracle, args.json === true)
      if (args.task !== undefined) throw new ConfigError('--task goes with --self-test')
      await scoreFile(scorer, args.file ?? '-', args.skipBad === true)
    } finally {
      await scorer.close()
      tellSpending(scorer)
    }
  },
})

export default { ...command, sections: [promptSection, placeSection, judgeSection] }

/** A ConfigError where the scorer's scores cannot be aggregated as it says. */
export function requireAggregation({ aggregation, range }: StepScorer): void {
  const fitting = aggregationsOf(range[0])
  if (fitting.includes(aggregation)) return
  throw new ConfigError(
    `--aggregation ${aggregation} is of scores of 0 or more; these begin at ${range[0]}. There is ${fitting.join(', ')}`,
  )
}

async function scoreFile(scorer: StepScorer, file: string, skipBad: boolean): Promise<void> {
  let left = 0
  for await (const batch of batches(readRows(file, skipBad), batchSize))
    for await (const row of scoredRows(scorer, batch, skipBad)) {
      left += Number(row.error !== undefined)
      await writeRecord(row)
    }
  if (left > 0) process.stderr.write(`minform: ${left} rows could not be scored\n`)
}

async function* readRows(file: string, skipBad: boolean): AsyncGenerator<ReadRow> {
  for await (const { value, at, where, broken } of fileRows(file)) {
    const id = at.replace(/^:/, '')
    try {
      if (broken !== null) throw new DataError(`${where}: ${broken}`)
      const solution = solutionOfRow(value, { where, id })
      yield { id: solution.id, solution: holdsPrompt(value) ? whole(solution) : solution }
    } catch (error) {
      if (!skipBad || !(error instanceof DataError)) throw error
      yield { id, error }
    }
  }
}

/** A solution whose problem is as a policy was asked it, and is not asked again. */
function whole(solution: Solution): Solution {
  const { problem } = solution
  return { ...solution, problem: { ...problem, question: problem.question ?? problem.prompt } }
}

/** The rows of a batch, in order; what cannot be scored is thrown when its turn comes, where bad rows are not skipped. */
async function* scoredRows(
  scorer: StepScorer,
  rows: readonly ReadRow[],
  skipBad: boolean,
): AsyncGenerator<ScoredRow> {
  const solutions = rows.flatMap(row => ('solution' in row ? [row.solution] : []))
  const found = (await scoreEach(scorer, solutions)).values()
  for (const row of rows) {
    const scores = 'error' in row ? row.error : found.next().value!
    if (scores instanceof DataError) {
      if (!skipBad) throw scores
      yield { id: row.id, scores: null, score: null, error: scores.message }
    } else yield { id: row.id, scores, score: wholeScore(scores, scorer.aggregation, scorer) }
  }
}

/** Prints what the scorer says of itself; what it fails is a VerifierError. */
async function report(scorer: StepScorer, task: string | undefined, json: boolean): Promise<void> {
  const checks = await selfTest(
    scorer,
    task === undefined ? arithmeticPair() : await taskPair(task),
  )
  const lines = checks.map(
    ({ check, passed, detail }) =>
      `${passed ? 'passed' : 'FAILED'}  ${check.padEnd(12)}  ${detail}`,
  )
  process.stdout.write(json ? `${JSON.stringify(checks)}\n` : `${lines.join('\n')}\n`)
  const failed = checks.filter(({ passed }) => !passed).map(({ check }) => check)
  if (failed.length > 0) throw new VerifierError(`${scorer.name}: failed ${failed.join(', ')}`)
}

/** A held-out problem of a task, and its solution with a wrong step. */
async function taskPair(name: string): Promise<KnownPair> {
  const task = requireParts((await openTask(name)).task, ['wrongStep'], '--self-test')
  const [problem] = takeProblems(task, 1, { split: 'test', seed: 1, difficulty: 1 })
  const steps = problem!.solution ?? []
  const wrong = task.wrongStep(problem!, steps, 0, random(1, 'self-test'))
  if (wrong === null || steps.length === 0)
    throw new ConfigError(
      `the task ${task.name} gives no solution, or none whose first step it can make wrong`,
    )
  return pairOf(problem!, [wrong, ...steps.slice(1)], 0)
}

/** Says on standard error what a judge has cost. */
export function tellSpending(scorer: StepScorer): void {
  const spent = spendingOf(scorer)
  if (spent === null) return
  const missing = Object.entries(spent.missing).map(([reason, count]) => `${count} ${reason}`)
  process.stderr.write(
    `minform: ${spent.requests} requests (${spent.retries} again), ${spent.promptTokens} tokens in, ` +
      `${spent.completionTokens} out; missing critiques: ${missing.join(', ') || 'none'}\n`,
  )
}
