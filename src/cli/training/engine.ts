import { ConfigError } from '../../errors.ts'
import { requireNoSecret } from '../../http/address.ts'
import { hubName } from '../../hub/name.ts'
import { engineKinds } from '../../train/request/engine.ts'
import type { Settings } from '../../train/request/request.ts'
import { type Flags, type Given, kebab, numberFlag, textFlag } from '../flags.ts'
import type { Section } from '../usage.ts'
import { group } from './group.ts'

export const engineArgs = {
  engine: {
    type: 'enum',
    options: [...engineKinds],
    description:
      'what computes the policy: onnx here, tinker on a server of that protocol, to which the key in TINKER_API_KEY is sent; default onnx',
  },
  url: {
    type: 'string',
    valueHint: 'address',
    description: 'of the server, such as http://127.0.0.1:8000',
  },
  baseModel: {
    type: 'string',
    valueHint: 'name',
    description:
      "the server's name of --model, of which only configuration and tokenizer are read here; default the same",
  },
  prices: {
    type: 'string',
    valueHint: 'list',
    description:
      'of a million tokens read, sampled and learned there, comma between them: in the end it is told what was spent',
  },
} as const satisfies Flags

/** Their part of --help. */
export const engineSection = { title: 'engine', args: engineArgs } as const satisfies Section

/** The engine that the flags name; flags that do not go together are a ConfigError. */
export function engineOf(args: Given): Settings['engine'] {
  const kind = args.engine ?? 'onnx'
  const url = textFlag(args, 'url')
  if (kind !== 'tinker') {
    const alone = Object.keys(engineArgs).find(
      name => name !== 'engine' && args[name] !== undefined,
    )
    if (alone === undefined) return { kind: 'onnx' }
    throw new ConfigError(`--${kebab(alone)} goes with --engine tinker`)
  }
  if (url === null) throw new ConfigError('--engine tinker needs --url, the address of the server')
  requireNoSecret(url)
  const model = textFlag(args, 'model')
  const baseModel = textFlag(args, 'baseModel') ?? (model === null ? null : plain(model))
  if (baseModel === null)
    throw new ConfigError(
      '--engine tinker needs --model, the folder or the name of what the server has; --base-model says how it is called there',
    )
  return { kind: 'tinker', url, baseModel, prices: pricesOf(textFlag(args, 'prices')) }
}

/** Which engine computes the policy. */
export const engineFlags = group({
  ...engineSection,
  read: args => ({ engine: engineOf(args) }),
  renewed: ['url', 'prices'], // a server that was started again may be elsewhere
  told: ({ engine }) => ({
    engine: engine.kind,
    url: engine.kind === 'onnx' ? null : engine.url,
    baseModel: engine.kind === 'onnx' ? null : engine.baseModel,
    prices:
      engine.kind === 'onnx' || engine.prices === null
        ? null
        : Object.values(engine.prices).join(','),
  }),
})

function pricesOf(text: string | null) {
  if (text === null) return null
  const [read, sampled, learned, ...more] = text.split(',').map(one => {
    return numberFlag('--prices', one.trim(), { min: 0 })
  })
  if (learned === undefined || more.length > 0)
    throw new ConfigError(
      `--prices are three, of a million tokens read, sampled and learned, got '${text}'`,
    )
  return { read: read!, sampled: sampled!, learned }
}

/** A name on the Hub without its revision; anything else as it is. */
function plain(model: string): string {
  return hubName(model)?.repo ?? model
}
