// Written by `npm run tables` from the files beside it.

import { adaptiveMethod } from './adaptive.ts'
import { binarySearchMethod } from './binary-search.ts'
import { confidentMistakesMethod } from './confident-mistakes.ts'
import { consensusMethod } from './consensus.ts'
import { corruptionMethod } from './corruption.ts'
import { criteriaMethod } from './criteria.ts'
import { discountedMonteCarloMethod } from './discounted-monte-carlo.ts'
import { executionMethod } from './execution.ts'
import { groundedMethod } from './grounded.ts'
import { judgedMethod } from './judged.ts'
import type { LabelMethod } from './method.ts'
import { monteCarloMethod } from './monte-carlo.ts'
import { monteCarloRegularisedMethod } from './monte-carlo-regularised.ts'
import { monteCarloSoftMethod } from './monte-carlo-soft.ts'
import { mutationMethod } from './mutation.ts'
import { omegaMethod } from './omega.ts'
import { oracleMethod } from './oracle.ts'
import { rewrittenLinesMethod } from './rewritten-lines.ts'

/** Every way to label. */
export const labelMethods: readonly LabelMethod[] = [
  adaptiveMethod,
  binarySearchMethod,
  confidentMistakesMethod,
  consensusMethod,
  corruptionMethod,
  criteriaMethod,
  discountedMonteCarloMethod,
  executionMethod,
  groundedMethod,
  judgedMethod,
  monteCarloMethod,
  monteCarloRegularisedMethod,
  monteCarloSoftMethod,
  mutationMethod,
  omegaMethod,
  oracleMethod,
  rewrittenLinesMethod,
]
