import type { Settings } from '../../train/request/request.ts'
import { bytesFlag } from '../bytes.ts'
import { textFlag } from '../flags.ts'
import { placement, placeSection } from '../model.ts'
import { group } from './group.ts'

/** Where a run computes. */
export const placeFlags = group({
  ...placeSection,
  args: {
    ...placeSection.args,
    maxMemory: {
      type: 'string',
      valueHint: 'number',
      description:
        'that a run may take, such as 8GiB: one that would take more is refused first; default what the machine has left',
    },
  },
  read: (args): Pick<Settings, 'device' | 'threads' | 'maxMemory'> => ({
    ...placement({
      device: textFlag(args, 'device') ?? undefined,
      threads: textFlag(args, 'threads') ?? undefined,
    }),
    maxMemory: bytesFlag(args, 'maxMemory'),
  }),
  told: ({ device, threads, maxMemory }) => ({
    device,
    threads: String(threads),
    maxMemory: maxMemory === null ? null : `${maxMemory}B`,
  }),
  renewed: ['maxMemory'],
})
