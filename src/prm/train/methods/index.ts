// The table of ways to train: what `--loss` names.

import { ConfigError } from '../../../errors.ts'
import { nearest } from '../../../text/nearest.ts'
import type { PrmMethod } from './method.ts'
import { prmMethods } from './table.ts'

export { prmMethods } from './table.ts'

/** The method of a name; a ConfigError names the nearest one, or all of them. */
export function prmMethodOf(name: string): PrmMethod {
  const found = prmMethods.find(method => method.name === name)
  if (found) return found
  const names = prmMethods.map(method => method.name)
  const near = nearest(name, names)
  const hint = near === undefined ? `there is ${names.join(', ')}` : `did you mean '${near}'?`
  throw new ConfigError(`no loss '${name}'; ${hint}`)
}
