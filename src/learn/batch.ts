import type { Rewards, Streams } from '../method.ts'
import type { Group } from '../types.ts'

/** What is learned from, and what the stages before made of it. */
export interface Batch {
  readonly groups_P: readonly Group[]
  readonly rewards_P: readonly Rewards[]
  readonly streams_P: readonly Streams[]
  readonly advantages_P_G_T: readonly (readonly Float32Array[])[]
}
