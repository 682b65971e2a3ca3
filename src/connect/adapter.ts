// The adapter that a server gives out: its rank, its scale and its projections, which the protocol leaves to the server.

import { z } from 'zod'
import type { Model } from '../engine/tinker/operations.ts'
import { filesOf } from '../engine/tinker/tar.ts'
import { DataError } from '../errors.ts'
import { type Finding, finding } from './finding.ts'
import type { Trial } from './trial.ts'

/** Fetches the adapter, as a run's checkpoints do. */
export async function tryAdapter(trial: Trial, model: Model): Promise<Finding> {
  const about = 'the adapter can be fetched'
  const { operations, settings } = trial
  try {
    const name = `minform-connect-adapter-${Date.now().toString(36)}`
    const path = await operations.saveAdapter(model, name, settings.signal)
    const archive = path === null ? null : await operations.fetchAdapter(model.name, path)
    if (path === null || archive === null)
      return finding(about, null, 'no', 'checkpoints hold the path of the state alone')
    await operations.forget(model, path).catch(() => undefined)
    const { rank, alpha, targets, bytes } = adapterOf(archive)
    const measured = `rank ${rank}${rank === settings.rank ? '' : `, asked for ${settings.rank}`}, alpha ${alpha}, ${targets.join(' ')}, ${bytes} bytes`
    return finding(about, { rank, alpha, targets: [...targets] }, 'yes', measured)
  } catch (error) {
    settings.signal?.throwIfAborted()
    return finding(about, null, 'no', (error as Error).message)
  }
}

const settingsSchema = z.looseObject({ r: z.number(), lora_alpha: z.number() })

/** What an archive holds as PEFT lays it out. */
function adapterOf(archive: Uint8Array) {
  const files = filesOf(archive)
  const [config, weights] = ['adapter_config.json', 'adapter_model.safetensors'].map(name =>
    files.get(name),
  )
  if (config === undefined || weights === undefined)
    throw new DataError(`the archive holds ${[...files.keys()].join(', ') || 'nothing'}`)
  const { r: rank, lora_alpha: alpha } = settingsSchema.parse(parsed(config))
  const size = Number(new DataView(weights.buffer, weights.byteOffset).getBigUint64(0, true))
  const names = Object.keys(z.looseObject({}).parse(parsed(weights.subarray(8, 8 + size))))
  const targets = [...new Set(names.flatMap(name => /(\w+)\.lora_A/.exec(name)?.[1] ?? []))].sort()
  return { rank, alpha, targets, bytes: weights.length }
}

function parsed(bytes: Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes))
}
