import type { Engine, ModelInfo } from '../engine/engine.ts'
import { ConfigError } from '../errors.ts'
import type { Tokenizer } from '../tokenizer/tokenizer.ts'
import type { Boundary } from './boundary.ts'
import type { Environment } from './environment.ts'

/** What samples: the policy, its tokenizer, and the ids that end a rollout. */
export interface Sampler {
  readonly engine: Pick<Engine, 'sample' | 'score' | 'spell'> & {
    readonly info: Pick<ModelInfo, 'maxPositions'>
  }
  readonly tokenizer: Tokenizer
  readonly stopIds: readonly number[]
  readonly maxTokens: number
  readonly temperature?: number // default 1
  readonly greedy?: boolean // default false
  readonly boundary?: Boundary // what closes steps; default blank lines
  /** What talks back; default nothing does. */
  readonly environment?: Environment
}

/** Refuses, with a ConfigError, to go on from the middle of what an environment talks in: nobody knows how that stands there. */
export function requireNobodyTalks(
  who: string,
  { environment }: Pick<Sampler, 'environment'>,
): void {
  if (environment === undefined) return
  throw new ConfigError(
    `${who} goes on from the middle of rollouts, where the environment ${environment.name} cannot be taken up again; leave --environment out, or take a recipe that samples whole answers`,
  )
}
