// Where problems come from: a procedural task, with an oracle and no end, or a file of the user's.

import { ConfigError, DataError } from '../errors.ts'
import type { StepMutation, StepOracle } from '../prm/label/labelled.ts'
import { readProblems } from '../problems/jsonl.ts'
import { mutateStep } from '../problems/mutate.ts'
import { problemStream, splitOf, takeProblems } from '../problems/splits.ts'
import type { Task } from '../problems/tasks/index.ts'
import { random, shuffled } from '../random.ts'
import { boxedGrader, type Grader } from '../rewards/grader.ts'
import type { Problem } from '../types.ts'
import { openTask } from '../user/task.ts'

export interface Corpus {
  readonly name: string
  /** Problems whose answer is missing or cannot be graded: never scored, and counted here. */
  readonly ungradable: number
  /** Problems of a file; 0 of a task, which have no end. */
  readonly size: number
  /** Problems with a worked solution to imitate; infinite of a task. */
  readonly workedSolutions: number
  /** Problems to learn by reinforcement, without end. */
  readonly train: (seed: number) => Iterator<Problem, never>
  /** Problems with worked solutions to imitate, without end; those of a task begin easier. */
  readonly solved: (seed: number) => Iterator<Problem, never>
  /** Problems to choose by, and problems to report: never learned from. */
  readonly validation: (count: number) => readonly Problem[]
  readonly test: (count: number) => readonly Problem[]
  /** Judges a solution's text, where the task does so itself. */
  readonly grade?: Task['grade']
  /** Judges every step; null where nobody can. */
  readonly oracle: StepOracle | null
  readonly mutate: StepMutation
  /** Right texts of a solution's step at an index, as far as they are known. */
  readonly rightSteps: (
    problem: Problem,
    steps: readonly string[],
    index: number,
  ) => readonly string[]
  /** The same without those problems of a file that do not fit, such as ones too long for a model. */
  readonly only: (fits: (problem: Problem) => boolean) => Corpus
}

/** What names a corpus: a task and its difficulty, or files. */
export interface CorpusRequest {
  readonly task: string
  readonly difficulty: number
  readonly problemsFile: string | null
  readonly testFile: string | null
}

/** The corpus that a request names, for answers that a grader judges; its task, where it is open already. */
export async function openCorpus(
  request: CorpusRequest,
  grader: Pick<Grader, 'gradable'> = boxedGrader(),
  known: Task | null = null,
): Promise<Corpus> {
  const { problemsFile, testFile, task, difficulty } = request
  if (problemsFile === null) {
    if (testFile !== null) throw new ConfigError('--test goes with --problems')
    return taskCorpus(known ?? (await openTask(task)).task, difficulty)
  }
  const test = testFile === null ? null : await readProblems(testFile)
  return fileCorpus(problemsFile, await readProblems(problemsFile), test, grader)
}

const heldOutSeed = 1 // held-out problems do not change with a run's seed

/** A procedural task at one difficulty; its worked solutions are of every difficulty up to it. */
export function taskCorpus(family: Task, difficulty: number): Corpus {
  const stream = (seed: number, level: number): Generator<Problem, never> =>
    problemStream(family, { split: 'train', seed, difficulty: level })
  const held = (split: 'validation' | 'test', count: number): Problem[] =>
    takeProblems(family, count, { split, seed: heldOutSeed, difficulty })
  const corpus: Corpus = {
    name: `${family.name}, difficulty ${difficulty}`,
    ungradable: 0,
    size: 0,
    workedSolutions: Number.POSITIVE_INFINITY,
    train: seed => stream(seed, difficulty),
    solved: seed => {
      requireSolution(family, stream(seed, difficulty).next().value)
      return inTurn(Array.from({ length: difficulty + 1 }, (_, level) => stream(seed, level)))
    },
    validation: count => held('validation', count),
    test: count => held('test', count),
    ...(family.grade && { grade: family.grade }),
    oracle: family.oracle === undefined ? null : (...asked) => family.oracle!(...asked),
    mutate: (...asked) => (family.wrongStep ?? changedNumber)(...asked),
    rightSteps: (problem, steps, index) =>
      family.rightSteps?.(problem, steps.slice(0, index)) ?? writtenStep(problem, index),
    only: () => corpus,
  }
  return corpus
}

/**
 * Problems of a file, split by their text as those of tasks are; with a test file of its own, only validation is split
 * off. There is no oracle: steps are made wrong by changing a number in them.
 */
export function fileCorpus(
  name: string,
  problems: readonly Problem[],
  test: readonly Problem[] | null,
  grader: Pick<Grader, 'gradable'> = boxedGrader(),
): Corpus {
  const all = [...problems, ...(test ?? [])]
  const of = (split: string): Problem[] => problems.filter(p => splitOf(p.prompt) === split)
  const learn =
    test === null ? of('train') : problems.filter(p => splitOf(p.prompt) !== 'validation')
  const solved = learn.filter(problem => problem.solution !== null)
  const report = test ?? of('test')
  const need = (list: readonly Problem[], what: string): readonly Problem[] => {
    if (list.length > 0) return list
    throw new DataError(`${name}: of ${problems.length} problems none is left ${what}`)
  }
  return {
    name,
    ungradable: all.filter(problem => !grader.gradable(problem)).length,
    size: all.length,
    workedSolutions: solved.length,
    train: seed => endless(need(learn, 'to learn from; add some'), seed),
    solved: seed =>
      endless(
        need(solved, 'with a worked solution to imitate; add solutions, or give --model'),
        seed,
      ),
    validation: count =>
      need(of('validation'), 'for validation, which takes a tenth; add some').slice(0, count),
    test: count =>
      need(report, 'to report, which takes a tenth; add some, or give --test').slice(0, count),
    oracle: null,
    mutate: changedNumber,
    rightSteps: (problem, _, index) => writtenStep(problem, index),
    only: fits => fileCorpus(name, problems.filter(fits), test?.filter(fits) ?? null, grader),
  }
}

const changedNumber: StepMutation = (_, steps, index, draw) =>
  mutateStep(steps[index]!, draw)?.text ?? null

function writtenStep({ solution }: Problem, index: number): readonly string[] {
  return solution?.slice(index, index + 1) ?? []
}

function requireSolution({ name }: Task, { solution }: Problem): void {
  if (solution !== null) return
  throw new ConfigError(
    `the task ${name} gives problems without a solution to imitate; give --model, or let generate give solutions`,
  )
}

function* endless(problems: readonly Problem[], seed: number): Generator<Problem, never> {
  for (let epoch = 0; ; epoch++) yield* shuffled(random(seed, 'epoch', epoch), problems)
}

function* inTurn(streams: readonly Generator<Problem, never>[]): Generator<Problem, never> {
  for (;;) for (const stream of streams) yield stream.next().value
}
