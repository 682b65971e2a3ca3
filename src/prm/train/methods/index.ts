// The table of ways to train: what `--loss` names.

import { ConfigError } from '../../../errors.ts'
import { nearest } from '../../../text/nearest.ts'
import { crossEntropyMethod } from './cross-entropy.ts'
import { implicitCeMethod } from './implicit-ce.ts'
import { implicitDpoMethod } from './implicit-dpo.ts'
import { labelTokenMethod } from './label-token.ts'
import type { PrmMethod } from './method.ts'
import { mseMethod } from './mse.ts'
import { qRankingMethod } from './q-ranking.ts'
import { softMethod } from './soft.ts'
import { twoHeadsMethod } from './two-heads.ts'

export const prmMethods: readonly PrmMethod[] = [
  crossEntropyMethod,
  softMethod,
  mseMethod,
  qRankingMethod,
  labelTokenMethod,
  implicitCeMethod,
  implicitDpoMethod,
  twoHeadsMethod,
]

/** The method of a name; a ConfigError names the nearest one, or all of them. */
export function prmMethodOf(name: string): PrmMethod {
  const found = prmMethods.find(method => method.name === name)
  if (found) return found
  const names = prmMethods.map(method => method.name)
  const near = nearest(name, names)
  const hint = near === undefined ? `there is ${names.join(', ')}` : `did you mean '${near}'?`
  throw new ConfigError(`no loss '${name}'; ${hint}`)
}
