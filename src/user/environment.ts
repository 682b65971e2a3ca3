// An environment in a file of the user's: the default export is one.

import type { Environment } from '../rollouts/environment.ts'
import { type Code, loadUserModule } from './load.ts'
import { fieldsOf, wrongShape } from './shape.ts'

/** An environment, and the code of the user's that it is made of. */
export interface LoadedEnvironment {
  readonly environment: Environment
  readonly code: Code
}

/** The environment in a file; what cannot be used of it is a ConfigError. */
export async function loadEnvironment(file: string): Promise<LoadedEnvironment> {
  const { value, code } = await loadUserModule(file)
  return { environment: checkedEnvironment(value, file), code }
}

function checkedEnvironment(value: unknown, file: string): Environment {
  const where = `${file}: default export`
  const found = fieldsOf(value, where, 'an environment: {name, stops, open}')
  if (typeof found.name !== 'string' || found.name.trim() === '')
    throw wrongShape(`${where}: name`, 'a text', found.name)
  const { stops } = found
  if (!Array.isArray(stops) || !stops.every(stop => typeof stop === 'string' && stop !== ''))
    throw wrongShape(`${where}: stops`, 'a list of texts, none of them empty', stops)
  if (typeof found.open !== 'function')
    throw wrongShape(`${where}: open`, 'a function (problem, seed, signal) => talk', found.open)
  const { judges, answers, timeoutMs } = found
  if (judges !== undefined && typeof judges !== 'boolean')
    throw wrongShape(`${where}: judges`, 'true or false', judges)
  if (answers !== undefined) {
    const { instruction, read } = fieldsOf(answers, `${where}: answers`, '{instruction, read}')
    if (typeof instruction !== 'string')
      throw wrongShape(`${where}: answers.instruction`, 'a text', instruction)
    if (typeof read !== 'function')
      throw wrongShape(`${where}: answers.read`, 'a function (text) => answer or null', read)
  }
  if (timeoutMs !== undefined && !(typeof timeoutMs === 'number' && timeoutMs > 0))
    throw wrongShape(`${where}: timeoutMs`, 'a number above 0', timeoutMs)
  return value as Environment
}
