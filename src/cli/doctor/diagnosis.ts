// Everything that doctor finds out, and whether what was asked for is there.

import { type Device, devices } from '../../engine/engine.ts'
import { freshConfig } from '../../engine/hf/config.ts'
import { readConfig } from '../../engine/hf/config-file.ts'
import { type Probed, probeDevice } from '../../engine/onnx/probe.ts'
import { lookUpModel } from '../../hub/look-up.ts'
import { type Estimate, estimate } from './estimates.ts'
import { type Machine, machine } from './machine.ts'

/** What is asked for. */
export interface Asked {
  readonly device: Device | null
  readonly model: string | null
  readonly threads: number
}

/** A model that was asked for; `why` where it cannot be had or read. */
export interface AskedModel {
  readonly named: string
  readonly toFetch: number // bytes that the Hub would send
  readonly estimate: Estimate | null // once it is here
  readonly why: string | null
}

export interface Diagnosis {
  readonly machine: Machine
  readonly threads: number
  readonly devices: readonly Probed[]
  readonly sizes: readonly Estimate[] // by the speed of the device that was asked for, or the processor
  readonly model: AskedModel | null
  readonly missing: readonly string[] // of what was asked for, and of what nothing works without
}

const common = { architecture: 'llama', maxPositions: 2048, eosIds: [0] } as const
/** Shapes of models as people have them, by what they are called. */
const shapes = {
  '1 M': { hiddenSize: 128, intermediateSize: 384, layers: 4, heads: 4, vocabSize: 1024 },
  '25 M': { hiddenSize: 384, intermediateSize: 1024, layers: 8, heads: 6, vocabSize: 24_576 },
  '135 M': {
    hiddenSize: 576,
    intermediateSize: 1536,
    layers: 30,
    heads: 9,
    kvHeads: 3,
    vocabSize: 49_152,
  },
  '0.5 B': {
    hiddenSize: 896,
    intermediateSize: 4864,
    layers: 24,
    heads: 14,
    kvHeads: 2,
    vocabSize: 151_936,
  },
  '1.5 B': {
    hiddenSize: 1536,
    intermediateSize: 8960,
    layers: 28,
    heads: 12,
    kvHeads: 2,
    vocabSize: 151_936,
  },
} as const

/** Tries every device, one after the other, and looks for what is asked for. */
export async function diagnosis(asked: Asked): Promise<Diagnosis> {
  const found = machine()
  const probed: Probed[] = []
  for (const device of devices) probed.push(await probeDevice(device, asked.threads))
  const used = probed.find(({ device }) => device === (asked.device ?? 'cpu'))!
  const gflops = used.gflops ?? probed[0]!.gflops
  const sizes =
    gflops === null
      ? []
      : Object.entries(shapes).map(([name, shape]) =>
          estimate(name, freshConfig({ ...common, ...shape }), gflops),
        )
  const model = asked.model === null ? null : await askedModel(asked.model, gflops)
  const nodeIsOld = found.nodeIsNewEnough ? [] : ['Node 20.19 or newer']
  const dead = used.computes ? [] : [`the device ${used.device}`]
  const noModel = model?.why == null ? [] : [`the model ${model.named}`]
  return {
    machine: found,
    threads: asked.threads,
    devices: probed,
    sizes,
    model,
    missing: [...nodeIsOld, ...dead, ...noModel],
  }
}

async function askedModel(named: string, gflops: number | null): Promise<AskedModel> {
  const none = { named, toFetch: 0, estimate: null, why: null }
  try {
    const { path, bytes } = await lookUpModel(named)
    if (path === null) return { ...none, toFetch: bytes }
    const config = await readConfig(path)
    return { ...none, estimate: gflops === null ? null : estimate(named, config, gflops) }
  } catch (error) {
    return { ...none, why: (error as Error).message }
  }
}
