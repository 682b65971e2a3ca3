// `minform connect`: what a server of models that learn can do, found by asking it in small.

import { defineCommand } from 'citty'
import { connect } from '../connect/connect.ts'
import { findingLines, headLine } from '../connect/report.ts'
import { EngineError } from '../errors.ts'
import { jsonLine } from '../runs/json-lines.ts'
import { type Flags, numberFlag } from './flags.ts'
import { stoppable } from './interrupt.ts'
import { modelPath } from './named-model.ts'

const args = {
  url: {
    type: 'string',
    valueHint: 'address',
    required: true,
    description: 'of the server, such as http://127.0.0.1:8000',
  },
  baseModel: {
    type: 'string',
    valueHint: 'name',
    description: 'of the model there; default the only one that it has',
  },
  model: {
    type: 'string',
    valueHint: 'model',
    description: 'the same model here, or its config.json and tokenizer: numbers are compared',
  },
  lora: { type: 'string', valueHint: 'count', default: '8', description: 'rank of the adapter' },
  json: { type: 'boolean', description: 'print what was found as JSON' },
} as const satisfies Flags

export default defineCommand({
  meta: {
    name: 'connect',
    description:
      'What a server that speaks the Tinker protocol can do. It is tried: an adapter is made there, asked and unloaded. ' +
      'A key is read from TINKER_API_KEY.',
  },
  args,
  async run({ args }) {
    const rank = numberFlag('--lora', args.lora, { min: 1, integer: true })
    const here = args.model === undefined ? null : { folder: await modelPath(args.model) }
    const print = (text: string): void => void (args.json || process.stdout.write(text))
    const found = await stoppable(signal =>
      connect({
        ...{ url: args.url, baseModel: args.baseModel ?? null, here, rank, signal },
        say: line => void process.stderr.write(`${line}\n`),
        report: {
          found: contact => print(headLine(contact)),
          finding: one => print(findingLines(one)),
        },
      }),
    )
    if (args.json) process.stdout.write(jsonLine(found))
    if (found.profile === null)
      throw new EngineError(`connect: no recipe can learn there, as the table above says`)
  },
})
