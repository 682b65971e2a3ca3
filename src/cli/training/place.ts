import { ConfigError } from '../../errors.ts'
import type { Settings } from '../../train/request/request.ts'
import { type Given, textFlag } from '../flags.ts'
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
    maxMemory: bytesOf(args),
  }),
  told: ({ device, threads, maxMemory }) => ({
    device,
    threads: String(threads),
    maxMemory: maxMemory === null ? null : `${maxMemory}B`,
  }),
  renewed: ['maxMemory'],
})

const units: Readonly<Record<string, number>> = {
  ...{ '': 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 },
  ...{ kib: 2 ** 10, mib: 2 ** 20, gib: 2 ** 30, tib: 2 ** 40 },
}

/** The bytes that --max-memory says; null without it. */
function bytesOf(args: Given): number | null {
  const text = textFlag(args, 'maxMemory')
  if (text === null) return null
  const [, number, unit] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text) ?? []
  const bytes = Number(number) * (units[(unit ?? '').toLowerCase()] ?? Number.NaN)
  if (bytes > 0) return bytes
  throw new ConfigError(`--max-memory: got '${text}'; expected a size such as 8GiB or 800MB`)
}
