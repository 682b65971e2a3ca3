import { projections } from '../../engine/hf/lora.ts'
import { type BaseType, baseTypes } from '../../engine/hf/packed.ts'
import { ConfigError } from '../../errors.ts'
import type { Settings } from '../../train/request/request.ts'
import {
  didYouMean,
  type Flags,
  type Given,
  kebab,
  numberFlag,
  textFlag,
  wholeFlag,
} from '../flags.ts'
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
  baseDtype: {
    type: 'enum',
    options: [...baseTypes],
    description:
      'of the weights beneath the adapter, in memory: bfloat16 is exact where the model is stored so, int8 is not; default float32',
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
  read: (args): Pick<Settings, 'lora' | 'baseType' | 'merge'> => {
    const lora = loraOf(args)
    if (lora === null && args.merge === true)
      throw new ConfigError('--merge goes with --lora: without it a whole model is written')
    return { lora, baseType: baseTypeOf(args), merge: args.merge === true }
  },
  told: ({ lora, baseType, merge }) => ({
    baseDtype: lora === null ? null : baseType,
    lora: lora === null ? null : String(lora.rank),
    loraAlpha: lora === null ? null : String(lora.alpha),
    loraTargets: lora === null ? null : lora.targets.join(','),
    merge: String(merge),
  }),
})

/** The adapter that the flags ask for; null where they ask for none. */
export function loraOf(args: Given): Settings['lora'] {
  if (args.lora === undefined) {
    const alone = ['loraAlpha', 'loraTargets', 'baseDtype'].find(name => args[name] !== undefined)
    if (alone === undefined) return null
    throw new ConfigError(`--${kebab(alone)} goes with --lora, the rank of an adapter`)
  }
  const rank = wholeFlag(args, 'lora', 8, 1)
  const alpha = textFlag(args, 'loraAlpha')
  return {
    rank,
    alpha: alpha === null ? 2 * rank : numberFlag('--lora-alpha', alpha, { min: 1e-9 }),
    targets: targetsOf(textFlag(args, 'loraTargets')),
  }
}

/** How the flags would have the weights beneath an adapter held. */
export function baseTypeOf({ baseDtype = 'float32' }: Given): BaseType {
  return baseTypes.find(known => known === baseDtype) ?? 'float32'
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
