// The table of ways to label: what `--method` names.

import { ConfigError } from '../../../errors.ts'
import { resolve, type Values } from '../../../recipe.ts'
import { nearest } from '../../../text/nearest.ts'
import type { LabelMethod } from './method.ts'
import { labelMethods } from './table.ts'

export type { LabelMethod, LabelNeeds, Labels } from './method.ts'
export { labelMethods } from './table.ts'

/** The method of a name; others are refused, naming what there is. */
export function labelMethodOf(name: string): LabelMethod {
  const found = labelMethods.find(one => one.name === name)
  if (found) return found
  const names = labelMethods.map(one => one.name)
  const close = nearest(name, names)
  const hint = close === undefined ? `there is ${names.join(', ')}` : `did you mean "${close}"?`
  throw new ConfigError(`no way to label is named "${name}"; ${hint}`)
}

/** A method's options, some given as texts. */
export function labelOptions(
  one: LabelMethod,
  given: Readonly<Record<string, string>> = {},
): Values {
  return resolve(one, given)
}
