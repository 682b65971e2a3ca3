// Where problems come from: a procedural task, with an oracle and no end, or a file of the user's.

import { ConfigError, DataError } from '../errors.ts'
import { random, shuffled } from '../numbers/random.ts'
import type { StepMutation, StepOracle } from '../prm/label/labelled.ts'
import { mutateStep } from '../problems/mutate.ts'
import { asked, type Prompt, questionOf, taskFrame, textFrame } from '../problems/prompt.ts'
import { readProblems } from '../problems/read-problems.ts'
import { problemStream, splitOf, takeProblems } from '../problems/splits.ts'
import type { Task } from '../problems/tasks/index.ts'
import { boxedGrader, type Grader } from '../rewards/grader.ts'
import type { Problem } from '../types.ts'
import { openTask } from '../user/task.ts'

export interface Corpus {
  readonly name: string
  /** What stands around a question where no template says so. */
  readonly frame: string
  /** What its problems are asked by; null: they are not asked yet. */
  readonly prompt: Prompt | null
  /** Problems whose answer is missing or cannot be graded: never scored, and counted here. */
  readonly ungradable: number
  /** Of the problems to learn from, those that nobody can grade; a task's have answers. */
  readonly answers: { readonly of: number; readonly missing: number; readonly ungradable: number }
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
  /** The same without those problems of a file that do not fit, and why they do not, such as 'too long for the model'. */
  readonly only: (fits: (problem: Problem) => boolean, why: () => string) => Corpus
}

/** What names a corpus: a task and its difficulty, or files. */
export interface CorpusRequest {
  readonly task: string | null
  readonly difficulty: number | null
  readonly problemsFile: string | null
  readonly testFile: string | null
  /** Worked solutions of a file come in its order, again and again; default in another order each time. */
  readonly inOrder?: boolean
}

/** The corpus that a request names, for answers that a grader judges; its task, where it is open already. */
export async function openCorpus(
  request: CorpusRequest,
  grader: Pick<Grader, 'gradable'> = boxedGrader(),
  known: Task | null = null,
): Promise<Corpus> {
  const { problemsFile, testFile, task, difficulty, inOrder = false } = request
  if (inOrder && problemsFile === null)
    throw new ConfigError('--in-order goes with --problems, a file whose order is kept')
  if (problemsFile === null) {
    if (testFile !== null) throw new ConfigError('--test goes with --problems')
    if (task === null || difficulty === null)
      throw new ConfigError('name what is learned from: a task and its difficulty, or a file')
    return taskCorpus(known ?? (await openTask(task)).task, difficulty)
  }
  const test = testFile === null ? null : await readProblems(testFile)
  return fileCorpus(problemsFile, await readProblems(problemsFile), test, grader, [], inOrder)
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
    frame: taskFrame(held('validation', 1)[0]!),
    prompt: null,
    ungradable: 0,
    answers: { of: 1, missing: 0, ungradable: 0 },
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

/** Problems of a file that are left out, and why. */
interface LeftOut {
  readonly count: number
  readonly why: string
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
  leftOut: readonly LeftOut[] = [], // of the file before
  inOrder = false, // worked solutions come as they stand there
): Corpus {
  const all = [...problems, ...(test ?? [])]
  const of = (split: string): Problem[] => problems.filter(p => splitOf(questionOf(p)) === split)
  const learn =
    test === null ? of('train') : problems.filter(p => splitOf(questionOf(p)) !== 'validation')
  const solved = learn.filter(problem => problem.solution !== null)
  const report = test ?? of('test')
  const need = (list: readonly Problem[], what: string): readonly Problem[] => {
    if (list.length > 0) return list
    throw new DataError(`${name}: of ${toldOf(problems.length, leftOut)} none is left ${what}`)
  }
  return {
    name,
    frame: textFrame,
    prompt: null,
    ungradable: all.filter(problem => !grader.gradable(problem)).length,
    answers: answersOf(learn, grader),
    size: all.length,
    workedSolutions: solved.length,
    train: seed => endless(need(learn, 'to learn from; add some'), seed),
    solved: seed => {
      const known = need(
        solved,
        'with a worked solution to imitate; add solutions, or give --model',
      )
      return inOrder ? again(known) : endless(known, seed)
    },
    validation: count =>
      need(of('validation'), 'for validation, which takes a tenth; add some').slice(0, count),
    test: count =>
      need(report, 'to report, which takes a tenth; add some, or give --test').slice(0, count),
    oracle: null,
    mutate: changedNumber,
    rightSteps: (problem, _, index) => writtenStep(problem, index),
    only: (fits, why) => {
      const left = problems.filter(fits)
      const kept = test?.filter(fits) ?? null
      const without = [...leftOut, { count: problems.length - left.length, why: why() }]
      return fileCorpus(name, left, kept, grader, without, inOrder)
    },
  }
}

/** '60 problems, of which 55 are too long for the model,' */
function toldOf(left: number, leftOut: readonly LeftOut[]): string {
  const gone = leftOut.filter(({ count }) => count > 0)
  const all = gone.reduce((sum, { count }) => sum + count, left)
  const each = gone.map(({ count, why }) => `${count} are left out (${why})`)
  return `${all} problems${each.length === 0 ? '' : `, of which ${each.join(' and ')},`}`
}

/** The corpus with its problems as a policy is asked them. Splits and oracles know them as before. */
export function askedCorpus(corpus: Corpus, prompt: Prompt): Corpus {
  const as = (problem: Problem): Problem => asked(problem, prompt)
  return {
    ...corpus,
    prompt,
    train: seed => mapped(corpus.train(seed), as),
    solved: seed => mapped(corpus.solved(seed), as),
    validation: count => corpus.validation(count).map(as),
    test: count => corpus.test(count).map(as),
    only: (fits, why) =>
      askedCorpus(
        corpus.only(problem => fits(as(problem)), why),
        prompt,
      ),
  }
}

function* mapped<T>(items: Iterator<T, never>, as: (item: T) => T): Generator<T, never> {
  for (;;) yield as(items.next().value)
}

function answersOf(
  problems: readonly Problem[],
  grader: Pick<Grader, 'gradable'>,
): Corpus['answers'] {
  const not = problems.filter(problem => !grader.gradable(problem))
  const missing = not.filter(({ answer }) => answer === null).length
  return { of: problems.length, missing, ungradable: not.length - missing }
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

function* again<T>(items: readonly T[]): Generator<T, never> {
  for (;;) yield* items
}

function* inTurn(streams: readonly Generator<Problem, never>[]): Generator<Problem, never> {
  for (;;) for (const stream of streams) yield stream.next().value
}
