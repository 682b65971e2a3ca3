import { projections } from '../../engine/hf/lora.ts'
import { ConfigError } from '../../errors.ts'
import type { Settings } from '../../train/request/request.ts'
import { didYouMean, type Flags, type Given, numberFlag, textFlag, wholeFlag } from '../flags.ts'
import { group } from './group.ts'

export const loraArgs = {
  lora: {
    type: 'string',
    valueHint: 'count',
    description: 'rank of an adapter that learns, such as 8; the weights stay as they are',
  },
  loraAlpha: {
    type: 'string',
    valueHint: 'number',
    description: 'the adapter counts alpha / rank; default twice the rank',
  },
  loraTargets: {
    type: 'string',
    valueHint: 'list',
    description: `what it is for, comma between them: ${projections.join(', ')}; default all`,
  },
} as const satisfies Flags

/** What learns of the policy. */
export const adapterFlags = group({
  title: 'adapter',
  args: {
    ...loraArgs,
    merge: {
      type: 'boolean',
      description: 'write the trained model whole too, into the folder merged of the run',
    },
  },
  read: (args): Pick<Settings, 'lora' | 'merge'> => {
    const lora = loraOf(args)
    if (lora === null && args.merge === true)
      throw new ConfigError('--merge goes with --lora: without it a whole model is written')
    return { lora, merge: args.merge === true }
  },
  told: ({ lora, merge }) => ({
    lora: lora === null ? null : String(lora.rank),
    loraAlpha: lora === null ? null : String(lora.alpha),
    loraTargets: lora === null ? null : lora.targets.join(','),
    merge: String(merge),
  }),
})

/** The adapter that the flags ask for; null where they ask for none. */
export function loraOf(args: Given): Settings['lora'] {
  if (args.lora === undefined) {
    const alone = ['loraAlpha', 'loraTargets'].find(name => args[name] !== undefined)
    if (alone === undefined) return null
    throw new ConfigError('--lora-alpha and --lora-targets go with --lora, the rank of an adapter')
  }
  const rank = wholeFlag(args, 'lora', 8, 1)
  const alpha = textFlag(args, 'loraAlpha')
  return {
    rank,
    alpha: alpha === null ? 2 * rank : numberFlag('--lora-alpha', alpha, { min: 1e-9 }),
    targets: targetsOf(textFlag(args, 'loraTargets')),
  }
}

function targetsOf(text: string | null): NonNullable<Settings['lora']>['targets'] {
  if (text === null) return projections
  const asked = text.split(',').map(name => name.trim())
  const wrong = asked.find(name => !projections.some(known => known === name))
  if (wrong !== undefined)
    throw new ConfigError(
      `--lora-targets: no projection '${wrong}'; ${didYouMean(wrong, projections)}`,
    )
  return projections.filter(name => asked.includes(name))
}
