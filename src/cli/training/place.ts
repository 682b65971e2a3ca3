import { textFlag } from '../flags.ts'
import { placement, placeSection } from '../model.ts'
import { group } from './group.ts'

/** Where a run computes. */
export const placeFlags = group({
  ...placeSection,
  read: args =>
    placement({
      device: textFlag(args, 'device') ?? undefined,
      threads: textFlag(args, 'threads') ?? undefined,
    }),
  told: ({ device, threads }) => ({ device, threads: String(threads) }),
})
