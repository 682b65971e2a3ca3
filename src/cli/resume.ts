// `minform train --resume --run DIR`: a run goes on as it was started, so flags may repeat what it was started with and
// nothing else. How often it saves and what it does about alarms may change: its numbers do not depend on them until one
// comes.

import { ConfigError } from '../errors.ts'
import { samePin } from '../hub/name.ts'
import type { Settings, WholeRequest } from '../train/request/request.ts'
import { storedRequest } from '../train/stored-request.ts'
import { codeFile, namesFile } from '../user/load.ts'
import { type Given, kebab, repeatedFlag, threadsFlag } from './flags.ts'
import { type FoundRecipe, findRecipe, flagsOf, groups } from './training/flags.ts'
import type { Told } from './training/group.ts'
import { guardFlags } from './training/guards.ts'

/** The recipe of a run that is to be continued. */
export function resumedRecipe(folder: string): Promise<FoundRecipe> {
  return storedRequest(folder, findRecipe) as Promise<WholeRequest & FoundRecipe>
}

/**
 * The run of a folder as it was started, with what may be given anew. A flag that contradicts it is a ConfigError that names
 * both values; a folder that cannot be continued is a RunError.
 */
export async function resumedRequest(
  folder: string,
  rawArgs: readonly string[],
  args: Given,
): Promise<WholeRequest> {
  const stored = await storedRequest(folder, findRecipe)
  const given: Record<string, unknown> = { ...args }
  for (const name of ['device', 'threads']) // which have a default that nobody gave
    if (repeatedFlag(`--${name}`, rawArgs).length === 0) delete given[name]
  if (given.threads !== undefined) given.threads = threadsFlag(String(given.threads))
  if (given.gate !== undefined) given.gate = guardFlags.read(given, stored.recipe).gates.join(',')
  for (const name of ['recipe', 'task', 'reward']) // files are stored by their whole paths
    if (namesFile(String(given[name] ?? ''))) given[name] = codeFile(String(given[name]))
  const renewed = groups.flatMap(({ renewed = [] }) => renewed)
  const wrong = Object.entries(startedWith(stored))
    .filter(([name]) => !renewed.includes(name))
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
  return { ...stored, ...anew(stored, given) }
}

/** The settings of flags that are given anew; a group reads what was there before for the other flags. */
function anew(stored: WholeRequest, given: Given): Partial<Settings> {
  const before = Object.entries(flagsOf(stored)).filter(([, value]) => value !== null)
  const found = groups.map(({ renewed = [], read }): Partial<Settings> => {
    const said = renewed.filter(name => given[name] !== undefined)
    if (said.length === 0) return {}
    const now = said.map(name => [name, given[name]])
    return read(Object.fromEntries([...before, ...now]), stored.recipe)
  })
  return Object.assign({}, ...found)
}

/** What a run was started with, under the names of the flags; null where there was no such flag. */
function startedWith(stored: WholeRequest): Told {
  return {
    recipe: stored.recipeSource?.file ?? stored.recipe.name,
    seed: String(stored.seed),
    ...flagsOf(stored),
    ...stored.overrides,
  }
}

function same(given: unknown, there: string | null): boolean {
  if (there === null) return false
  if (samePin(String(given), there)) return true
  const [a, b] = [Number(given), Number(there)]
  return String(given) === there || (!Number.isNaN(a) && a === b)
}
