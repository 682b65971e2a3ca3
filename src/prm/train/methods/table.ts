// Written by `npm run tables` from the files beside it.

import { boundedPairsMethod } from './bounded-pairs.ts'
import { bradleyTerryMethod } from './bradley-terry.ts'
import { critiquedPairsMethod } from './critiqued-pairs.ts'
import { critiquesMethod } from './critiques.ts'
import { crossEntropyMethod } from './cross-entropy.ts'
import { hindsightMethod } from './hindsight.ts'
import { implicitCeMethod } from './implicit-ce.ts'
import { implicitDpoMethod } from './implicit-dpo.ts'
import { implicitKtoMethod } from './implicit-kto.ts'
import { implicitNcaMethod } from './implicit-nca.ts'
import { labelTokenMethod } from './label-token.ts'
import type { PrmMethod } from './method.ts'
import { mseMethod } from './mse.ts'
import { odinMethod } from './odin.ts'
import { purmMethod } from './purm.ts'
import { qRankingMethod } from './q-ranking.ts'
import { reasoningsMethod } from './reasonings.ts'
import { softMethod } from './soft.ts'
import { stepPairsMethod } from './step-pairs.ts'
import { twoHeadsMethod } from './two-heads.ts'

/** Every way to train a process reward model. */
export const prmMethods: readonly PrmMethod[] = [
  boundedPairsMethod,
  bradleyTerryMethod,
  critiquedPairsMethod,
  critiquesMethod,
  crossEntropyMethod,
  hindsightMethod,
  implicitCeMethod,
  implicitDpoMethod,
  implicitKtoMethod,
  implicitNcaMethod,
  labelTokenMethod,
  mseMethod,
  odinMethod,
  purmMethod,
  qRankingMethod,
  reasoningsMethod,
  softMethod,
  stepPairsMethod,
  twoHeadsMethod,
]
