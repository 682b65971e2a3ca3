import type { RunReport } from './run.ts'

const nothing = (): void => {}

/** Tells nobody anything. */
export const silent: RunReport = {
  stages: { start: nothing, update: nothing, end: nothing },
  begin: nothing,
  leftOut: nothing,
  judge: nothing,
  canaries: nothing,
  start: nothing,
  iteration: nothing,
  validation: nothing,
}
