// `minform doctor`: what this machine has, which devices compute, and what sizes of models fit.

import { defineCommand } from 'citty'
import { devices } from '../engine/engine.ts'
import { EngineError } from '../errors.ts'
import { jsonLine } from '../runs/json-lines.ts'
import { diagnosis } from './doctor/diagnosis.ts'
import { doctorText } from './doctor/report.ts'
import { type Flags, threadsFlag } from './flags.ts'
import { version, versions } from './versions.ts'

const args = {
  device: {
    type: 'enum',
    options: [...devices],
    description: 'that has to compute here: cpu, webgpu or cuda',
  },
  model: { type: 'string', valueHint: 'model', description: 'that has to be here, or to be had' },
  threads: {
    type: 'string',
    valueHint: 'count',
    default: '2',
    description: 'that are measured; auto: as many as there are cores',
  },
  json: { type: 'boolean', description: 'print what was found as JSON' },
} as const satisfies Flags

export default defineCommand({
  meta: {
    name: 'doctor',
    description: 'What this machine has, which devices compute, and what sizes of models fit',
  },
  args,
  async run({ args }) {
    const found = await diagnosis({
      device: devices.find(one => one === args.device) ?? null,
      model: args.model ?? null,
      threads: threadsFlag(args.threads),
    })
    process.stdout.write(
      args.json ? jsonLine({ ...found, versions: versions() }) : doctorText(found, version()),
    )
    if (found.missing.length > 0)
      throw new EngineError(`doctor: ${found.missing.join(' and ')} missing here`)
  },
})
