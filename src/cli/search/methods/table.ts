// Written by `npm run tables` from the files beside it.

import { beamMethod } from './beam.ts'
import { bestOfNMethod } from './best-of-n.ts'
import { depthFirstMethod } from './depth-first.ts'
import { dvtsMethod } from './dvts.ts'
import { earlyRejectionMethod } from './early-rejection.ts'
import { lookaheadMethod } from './lookahead.ts'
import { majorityMethod } from './majority.ts'
import { mctsMethod } from './mcts.ts'
import type { SearchMethod } from './method.ts'
import { particlesMethod } from './particles.ts'
import { progressMethod } from './progress.ts'
import { rebaseMethod } from './rebase.ts'
import { selfRefineMethod } from './self-refine.ts'
import { speculativeMethod } from './speculative.ts'
import { speculativeDepthFirstMethod } from './speculative-depth-first.ts'
import { stepWiseBestOfNMethod } from './step-wise-best-of-n.ts'
import { surestMethod } from './surest.ts'
import { weightedBestOfNMethod } from './weighted-best-of-n.ts'

/** Every search. */
export const searchMethods: readonly SearchMethod[] = [
  beamMethod,
  bestOfNMethod,
  depthFirstMethod,
  dvtsMethod,
  earlyRejectionMethod,
  lookaheadMethod,
  majorityMethod,
  mctsMethod,
  particlesMethod,
  progressMethod,
  rebaseMethod,
  selfRefineMethod,
  speculativeMethod,
  speculativeDepthFirstMethod,
  stepWiseBestOfNMethod,
  surestMethod,
  weightedBestOfNMethod,
]
