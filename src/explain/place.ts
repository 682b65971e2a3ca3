// A place in a run, looked up: an address that leads nowhere is an error.

import { ConfigError } from '../errors.ts'
import type { Place } from '../runs/address.ts'
import type { StoredRollout } from '../runs/rollout-table.ts'
import { rowsOf, type ShownRun } from './run.ts'

/** The rows of one group of an iteration. Throws ConfigError where there is none. */
export function groupIn(rows: readonly StoredRollout[], group: number): StoredRollout[] {
  const own = rows.filter(row => row.group === group)
  if (own.length > 0) return own
  const last = Math.max(...rows.map(row => row.group))
  throw new ConfigError(`there is no group ${group}: the iteration has groups 0 to ${last}`)
}

/** One rollout of a group's rows. Throws ConfigError where there is none. */
export function rolloutIn(own: readonly StoredRollout[], rollout: number): StoredRollout {
  const row = own.find(one => one.rollout === rollout)
  if (row !== undefined) return row
  const { group } = own[0]!
  const last = Math.max(...own.map(one => one.rollout))
  throw new ConfigError(`there is no rollout ${rollout}: group ${group} has rollouts 0 to ${last}`)
}

/** Throws ConfigError where a rollout is shorter than that. */
export function requireToken({ ids }: StoredRollout, token: number): void {
  if (token < ids.length) return
  throw new ConfigError(`there is no token ${token}: the rollout has tokens 0 to ${ids.length - 1}`)
}

/** Throws RunError or ConfigError where a run has no such place. */
export async function requirePlace(run: ShownRun, place: Place): Promise<void> {
  const { iteration, group, rollout, token } = place
  if (iteration === null) return
  const rows = await rowsOf(run, iteration)
  if (group === null) return
  const own = groupIn(rows, group)
  if (rollout === null) return
  const row = rolloutIn(own, rollout)
  if (token !== null) requireToken(row, token)
}
