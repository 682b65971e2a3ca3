// `minform train --resume --run DIR`: a run goes on as it was started, so flags may repeat what it was started with and
// nothing else. How often it saves and what it does about alarms may change: its numbers do not depend on them until one
// comes.

import { ConfigError } from '../errors.ts'
import type { TrainingRequest } from '../train/run.ts'
import { storedRequest } from '../train/stored-request.ts'
import { kebab, repeatedFlag } from './flags.ts'
import { guardRequest } from './guard-flags.ts'
import { rewardFlagsOf } from './prm/scorer-flags.ts'
import { recipeOf } from './training-flags.ts'

/** The folder that the arguments ask to continue; null where they do not. Without --run it is a ConfigError. */
export function resumedFolder(rawArgs: readonly string[]): string | null {
  if (!rawArgs.includes('--resume') && !rawArgs.includes('--resume=true')) return null
  const folder = repeatedFlag('--run', rawArgs).at(-1)
  if (folder !== undefined) return folder
  throw new ConfigError('--resume needs --run, the folder of the run to continue')
}

/** The name of the recipe of a run that is to be continued. */
export function resumedRecipe(folder: string): string {
  return storedRequest(folder, recipeOf).recipe.name
}

/**
 * The run of a folder as it was started. A flag that contradicts it is a ConfigError that names both values; a folder that
 * cannot be continued is a RunError.
 */
export function resumedRequest(
  folder: string,
  rawArgs: readonly string[],
  args: Readonly<Record<string, unknown>>,
): TrainingRequest {
  const stored = storedRequest(folder, recipeOf)
  const asked = guardRequest(args)
  const given: Record<string, unknown> = { ...args, gate: args.gate && asked.gates.join(',') }
  for (const name of ['device', 'threads']) // which have a default that nobody gave
    if (repeatedFlag(`--${name}`, rawArgs).length === 0) delete given[name]
  const wrong = Object.entries(flagsOf(stored))
    .filter(([name, there]) => given[name] !== undefined && !same(given[name], there))
    .map(([name, there]) => {
      const flag = name === 'recipe' ? 'the recipe' : `--${kebab(name)}`
      return `${flag} is ${there ?? 'not set'} there and ${given[name]} here`
    })
  if (wrong.length > 0) {
    throw new ConfigError(
      `--resume continues ${stored.folder} as it was started: ${wrong.join('; ')}; leave that out, or start another run`,
    )
  }
  const { onAlarm, checkpointEvery } = asked
  return {
    ...stored,
    ...(args.onAlarm === undefined ? {} : { onAlarm }),
    ...(args.checkpointEvery === undefined ? {} : { checkpointEvery }),
  }
}

/** What a run was started with, under the names of the flags; null where there was no such flag. */
function flagsOf(stored: Required<TrainingRequest>): Record<string, string | null> {
  const fromTask = stored.problemsFile === null
  return {
    recipe: stored.recipe.name,
    task: fromTask ? stored.task : null,
    difficulty: fromTask ? String(stored.difficulty) : null,
    problems: stored.problemsFile,
    test: stored.testFile,
    model: stored.model,
    prm: stored.prm,
    ...rewardFlagsOf(stored.scorer),
    fromScratch: String(stored.model === null),
    iterations: String(stored.iterations),
    batch: String(stored.problems),
    maxTokens: String(stored.maxTokens),
    evalEvery: String(stored.evaluateEvery),
    seed: String(stored.seed),
    device: stored.device,
    threads: String(stored.threads),
    gate: stored.gates.join(','),
    audit: stored.audit,
    ...stored.overrides,
  }
}

function same(given: unknown, there: string | null): boolean {
  if (there === null) return false
  const [a, b] = [Number(given), Number(there)]
  return String(given) === there || (!Number.isNaN(a) && a === b)
}
