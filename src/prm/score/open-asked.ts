// The models of a judge, opened: here, or on the server that holds them. What is asked of them is the same.

import { openEngine } from '../../engine/open.ts'
import { openServed } from '../../engine/served/open.ts'
import { ConfigError } from '../../errors.ts'
import { keyOf } from '../../http/key.ts'
import type { PrmLayout } from '../layout.ts'
import type { Tokens } from '../reading.ts'
import type { ModelSpec, ServedSpec } from './spec.ts'
import type { Asked } from './windows.ts'

type Model = Asked<'classify' | 'score'>

/** How a model is asked: its layout, its tokens, and the folder of its reference where it has one. */
export interface FoundModel {
  readonly layout: PrmLayout
  readonly tokens: Tokens
  readonly reference: string | null
}

/** A judge's model, and its reference where it has one. */
export interface OpenAsked {
  readonly engine: Model
  readonly reference: Model | null
  close(): Promise<void>
}

/**
 * Opens the models that a spec names. On a server they are tried first: an error names what does not fit before anything is
 * scored.
 */
export async function openAsked(
  { folder, device, threads, served }: ModelSpec,
  { layout, tokens, reference }: FoundModel,
  say: (line: string) => void,
): Promise<OpenAsked> {
  const place = { ...(device && { device }), ...(threads && { threads }) }
  const open = (folder: string, which: Which): Promise<Model> =>
    served === undefined
      ? openEngine({ kind: 'onnx', folder, ...place })
      : openServed(addressOf(served, which), {
          ...{ folder, tokenizer: tokens.tokenizer, use: 'scores', say },
          separator: separatorOf(layout, tokens),
        })
  const opened: Model[] = []
  const close = async (): Promise<void> => {
    for (const engine of opened) await engine.close()
  }
  try {
    opened.push(await open(folder, 'judge'))
    if (reference !== null) opened.push(await open(reference, 'reference'))
    return { engine: opened[0]!, reference: opened[1] ?? null, close }
  } catch (error) {
    await close()
    throw error
  }
}

type Which = 'judge' | 'reference'

function addressOf(served: ServedSpec, which: Which) {
  const { url, model, referenceUrl, referenceModel, apiKeyEnv, ...patience } = served
  const shared = {
    retries: 8,
    concurrency: 32,
    ...patience,
    apiKey: keyOf(apiKeyEnv, '--api-key-env'),
  }
  if (which === 'judge') return { ...shared, url, model: model ?? null }
  if (referenceUrl === undefined && referenceModel === undefined)
    throw new ConfigError(
      'the reference of a ratio is another model: say where it is served with --prm-reference-url, or by what name ' +
        'with --prm-reference-model',
    )
  return { ...shared, url: referenceUrl ?? url, model: referenceModel ?? null }
}

/** The token that closes every step, where it is always the same; null where it is not, or another one is read. */
function separatorOf({ step, read, score }: PrmLayout, { tokenizer }: Tokens): number | null {
  if (score.head !== 'classes' || read !== 'mark' || step.last !== 'mark') return null
  const ids = tokenizer.encode(step.mark)
  return ids.length === 1 ? ids[0]! : null
}
