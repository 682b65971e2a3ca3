// A task in a file of the user's: the default export is a task, of which only `name` and `generate` must be there.

import { ConfigError, DataError } from '../errors.ts'
import { type Task, taskOf } from '../problems/tasks/index.ts'
import { mistakeKinds } from '../problems/tasks/mistakes.ts'
import type { Problem } from '../types.ts'
import { type Code, codeFile, loadUserModule, namesFile } from './load.ts'
import { fieldsOf, told, wrongShape } from './shape.ts'

/** A task, and the code that it is made of where it is the user's. */
export interface OpenTask {
  readonly task: Task
  readonly code: Code
}

/** What a setting calls a task: the name of a carried one, or the absolute path of a file. What is neither is a ConfigError. */
export function taskSetting(name: string): string {
  return namesFile(name) ? codeFile(name) : taskOf(name).name
}

/** The task that a setting names; a ConfigError says what cannot be used of a file. */
export async function openTask(name: string): Promise<OpenTask> {
  if (!namesFile(name)) return { task: taskOf(name), code: {} }
  const { value, code } = await loadUserModule(name)
  return { task: checkedTask(value, name), code }
}

/** What a task must have for a purpose. A ConfigError names what is missing. */
export function requireParts<K extends keyof Task>(
  task: Task,
  parts: readonly K[],
  purpose: string,
): Task & Required<Pick<Task, K>> {
  const missing = parts.filter(part => task[part] === undefined)
  if (missing.length === 0) return task as Task & Required<Pick<Task, K>>
  throw new ConfigError(
    `the task ${task.name} has no ${missing.join(', no ')}: ${purpose} needs it`,
  )
}

const optional = ['oracle', 'rightSteps', 'wrongStep', 'mistake', 'grade'] as const

function checkedTask(value: unknown, file: string): Task {
  const where = `${file}: default export`
  const found = fieldsOf(value, where, 'a task: {name, generate}')
  if (typeof found.name !== 'string' || found.name.trim() === '')
    throw wrongShape(`${where}: name`, 'a text', found.name)
  if (typeof found.generate !== 'function')
    throw wrongShape(
      `${where}: generate`,
      'a function (random, difficulty) => problem',
      found.generate,
    )
  for (const part of optional)
    if (found[part] !== undefined && typeof found[part] !== 'function')
      throw wrongShape(`${where}: ${part}`, 'a function', found[part])
  const kinds = found.mistakeKinds ?? []
  if (!Array.isArray(kinds) || kinds.some(kind => !mistakeKinds.includes(kind)))
    throw wrongShape(`${where}: mistakeKinds`, `a list of ${mistakeKinds.join(', ')}`, kinds)
  return named(value as Task, file)
}

/** The task with its file in every error, and whole problems. */
function named(task: Task, file: string): Task {
  const named = { ...task } as Record<string, unknown>
  for (const part of ['generate', ...optional] as const) {
    const own = task[part]
    if (own === undefined) continue
    named[part] = (...args: unknown[]) =>
      told(
        `${file}: ${part}`,
        () => (own as (...args: unknown[]) => unknown).apply(task, args),
        (message, cause) => new DataError(message, { cause }),
      )
  }
  const generate = named.generate as Task['generate']
  named.generate = (random: Parameters<Task['generate']>[0], difficulty: number) =>
    wholeProblem(generate(random, difficulty), `${file}: generate`)
  return named as unknown as Task
}

/** A problem with all its fields; what a task may leave out is not known. */
function wholeProblem(value: unknown, where: string): Problem {
  const {
    id,
    prompt,
    question,
    answer = null,
    solution = null,
    meta = {},
  } = fieldsOf(value, where, 'a problem')
  if (typeof prompt !== 'string' || prompt === '')
    throw wrongShape(`${where}: prompt`, 'a text that is not empty', prompt)
  if (question !== undefined && typeof question !== 'string')
    throw wrongShape(`${where}: question`, 'a text', question)
  if (id !== undefined && typeof id !== 'string') throw wrongShape(`${where}: id`, 'a text', id)
  if (answer !== null && (typeof answer !== 'string' || answer === ''))
    throw wrongShape(`${where}: answer`, 'a text or null', answer)
  const steps = solution as readonly unknown[] | null
  if (steps !== null && !(Array.isArray(steps) && steps.every(step => typeof step === 'string')))
    throw wrongShape(`${where}: solution`, 'a list of texts, one a step, or null', solution)
  fieldsOf(meta, `${where}: meta`, 'an object')
  const known = { answer, solution: steps, meta, ...(question !== undefined && { question }) }
  return { id: id ?? prompt, prompt, ...known } as Problem
}
