// What a reward model learns from, and what it is validated on: files of labelled solutions, or a task's own.

import { ConfigError, DataError } from '../errors.ts'
import { random } from '../numbers/random.ts'
import { hasWholePrompt } from '../prm/formats/index.ts'
import { type ReadOptions, readLabelled } from '../prm/formats/read.ts'
import type { LabelledSolution } from '../prm/solution.ts'
import { asked, type Prompt, questionOf, textFrame } from '../problems/prompt.ts'
import { loadTokenizer } from '../tokenizer/load.ts'
import { openTask } from '../user/task.ts'
import { askedCorpus, taskCorpus } from './corpus.ts'
import type { StageReport } from './plan.ts'
import {
  type Asked,
  nothingSaid,
  type PromptWish,
  promptOf,
  saysNothing,
  storedPrompt,
} from './prompting.ts'
import { type TaskPlan, taskSolutions } from './task-solutions.ts'

/** Where labelled solutions come from. */
export type PrmSource =
  | {
      readonly kind: 'files'
      readonly files: readonly string[]
      readonly reading?: Omit<ReadOptions, 'onBad'>
      readonly skipBad?: boolean // default false
      /** A file, or the share of problems that is not learned from; default 0.1. */
      readonly validation?: string | number
    }
  | ({ readonly kind: 'task'; readonly task: string; readonly difficulty: number } & Omit<
      TaskPlan,
      'device' | 'threads' | 'seed'
    >)

export interface PrmData {
  readonly name: string
  readonly prompt: Prompt | null // by which its problems are asked; null: as its files have them
  readonly learn: readonly LabelledSolution[]
  readonly validation: readonly LabelledSolution[]
  /** Right texts of a step, as far as they are known. */
  readonly rightTexts: (solution: LabelledSolution, step: number) => readonly string[]
  readonly notes: readonly string[] // what was left out on the way
}

/** Reads or makes the data of a source. */
export function prmData(
  source: PrmSource,
  place: Pick<TaskPlan, 'device' | 'threads' | 'seed'>,
  report: StageReport,
  signal?: AbortSignal,
  wish: PromptWish = nothingSaid,
): Promise<PrmData> {
  return source.kind === 'files' ? fromFiles(source) : fromTask(source, place, report, wish, signal)
}

async function fromTask(
  source: Extract<PrmSource, { kind: 'task' }>,
  place: Pick<TaskPlan, 'device' | 'threads' | 'seed'>,
  report: StageReport,
  wish: PromptWish,
  signal?: AbortSignal,
): Promise<PrmData> {
  const bare = taskCorpus((await openTask(source.task)).task, source.difficulty)
  const policy = { folder: source.policy, tokenizer: await loadTokenizer(source.policy) }
  const prompt = await promptOf(wish, policy, bare.frame)
  const corpus = askedCorpus(bare, prompt)
  const made = await taskSolutions(corpus, { ...source, ...place }, report, signal)
  return {
    name: corpus.name,
    prompt,
    ...made,
    rightTexts: ({ problem, steps }, step) => corpus.rightSteps(problem, steps, step),
    notes: [],
  }
}

async function fromFiles(source: Extract<PrmSource, { kind: 'files' }>): Promise<PrmData> {
  const { files, reading = {}, skipBad = false, validation = 0.1 } = source
  const notes: string[] = []
  const read = async (file: string): Promise<LabelledSolution[]> => {
    const { solutions, bad } = await readLabelled(file, { ...reading, skipBad })
    if (bad.length > 0) notes.push(`${bad.length} rows left out: ${bad[0]!.message}`)
    return solutions
  }
  const all: LabelledSolution[] = []
  for (const file of files) for (const one of await read(file)) all.push(one)
  const split =
    typeof validation === 'number'
      ? byShare(all, validation)
      : without(all, await read(validation), notes)
  if (split.learn.length === 0)
    throw new DataError(`${files.join(', ')}: all solutions are of problems for validation`)
  return {
    name: files.join(', '),
    prompt: null,
    ...split,
    rightTexts: ({ problem }, step) => problem.solution?.slice(step, step + 1) ?? [],
    notes,
  }
}

/**
 * The data with the questions that files hold alone asked as the model's policy is: as was said, or by the model's own
 * template. Records of minform hold whole prompts, and stay. Plain questions stay as they are where nothing was said.
 */
export async function askedData(data: PrmData, wish: PromptWish, model: Asked): Promise<PrmData> {
  if (data.prompt !== null) return data
  const prompt = await promptOf(wish, model, textFrame)
  const said = !saysNothing(wish) || (await storedPrompt(model.folder)) !== null
  if (prompt.template === 'plain' && !said) return data
  const as = (one: LabelledSolution): LabelledSolution =>
    hasWholePrompt(one) ? one : { ...one, problem: asked(one.problem, prompt) }
  const [learn, validation] = [data.learn.map(as), data.validation.map(as)]
  const alike = [...learn, ...validation].every(
    ({ problem }) => asked(problem, prompt).prompt === problem.prompt,
  )
  return { ...data, prompt: alike ? prompt : null, learn, validation }
}

/** A problem is learned from or validated on, by its text alone, with all its solutions. */
function byShare(
  all: readonly LabelledSolution[],
  share: number,
): Pick<PrmData, 'learn' | 'validation'> {
  if (!(share >= 0 && share < 1))
    throw new ConfigError(`the share for validation is ${share}; expected 0 or more, below 1`)
  const held = (one: LabelledSolution): boolean =>
    random(0, 'prm validation', questionOf(one.problem))() < share
  return { learn: all.filter(one => !held(one)), validation: all.filter(held) }
}

function without(
  all: readonly LabelledSolution[],
  validation: readonly LabelledSolution[],
  notes: string[],
): Pick<PrmData, 'learn' | 'validation'> {
  const held = new Set(validation.map(({ problem }) => questionOf(problem)))
  const learn = all.filter(({ problem }) => !held.has(questionOf(problem)))
  const gone = all.length - learn.length
  if (gone > 0) notes.push(`${gone} solutions left out: of problems that are validated on`)
  return { learn, validation }
}
