// What a server was found to do, where servers of one protocol differ.

import type { Carrier } from './dialect.ts'

/** What of a server has to be known to learn with it rightly. */
export interface Profile {
  /** How a gradient is put together: the sum over all tokens, or the mean over sequences of the mean over their tokens. */
  readonly reduction: 'sum' | 'mean'
  readonly carrier: Carrier
  /** Whether a publication stays as it is while the model learns on. */
  readonly snapshots: boolean
  /** Whether a pass or a step that is sent twice under one number is done once. */
  readonly idempotent: boolean
  readonly clips: boolean // grad_clip_norm is obeyed
  readonly exactSeeds: boolean // one request gives the same tokens again
}

/** What is right with any server, if not fast: the reduction alone has to be known. */
export const carefulProfile: Omit<Profile, 'reduction'> = {
  carrier: 'cispo',
  snapshots: false,
  idempotent: false,
  clips: false,
  exactSeeds: false,
}
