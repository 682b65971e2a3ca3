// `minform sft`: a model imitates worked solutions, as a warm start of what reinforcement goes on with.

import { defineCommand } from 'citty'
import { ConfigError } from '../errors.ts'
import { jsonLine } from '../runs/json-lines.ts'
import { type Corpus, openCorpus } from '../train/corpus.ts'
import { endedImitation, type Imitation, type ImitationRequest, imitate } from '../train/imitate.ts'
import { openTask } from '../user/task.ts'
import { type Flags, type Given, numberFlag, textFlag, wholeFlag } from './flags.ts'
import { stoppable } from './interrupt.ts'
import { say } from './io.ts'
import { placeArgs, placement, placeSection } from './model.ts'
import { modelPath } from './named-model.ts'
import { stageProgress } from './train-report.ts'
import { adapterFlags, loraOf } from './training/adapter.ts'
import { environmentArgs, readEnvironment } from './training/environment.ts'
import { problemFlags, problemsOf } from './training/problems.ts'
import { promptArgs, promptSection, wishOf } from './training/prompt.ts'

/** Solutions are learned with the weights beneath as float32: a whole model may be made of them. */
const { baseDtype: _, ...adapterArgs } = adapterFlags.args

const args = {
  model: { type: 'string', valueHint: 'model', required: true, description: 'to start from' },
  out: { type: 'string', valueHint: 'folder', required: true, description: 'to write' },
  ...problemFlags.args,
  ...environmentArgs,
  epochs: {
    type: 'string',
    valueHint: 'count',
    description: 'times that each worked solution is seen, at most; default 3',
  },
  updates: {
    type: 'string',
    valueHint: 'count',
    description: 'instead of --epochs; default of a task, which has no end, 500',
  },
  updateSize: {
    type: 'string',
    valueHint: 'count',
    description: 'solutions of one update; default 16',
  },
  learningRate: {
    type: 'string',
    valueHint: 'number',
    description: 'at its peak; default what fits the size of what learns',
  },
  inOrder: {
    type: 'boolean',
    description: 'solutions of --problems in their order, such as from easy to hard',
  },
  patience: {
    type: 'string',
    valueHint: 'count',
    description:
      'evaluations without a better held-out loss, of 20 in all, that end it; default 3, 0 none',
  },
  maxTokens: {
    type: 'string',
    valueHint: 'count',
    description: 'of a solution, longer ones are passed over; default 256',
  },
  ...adapterArgs,
  ...promptArgs,
  seed: { type: 'string', valueHint: 'number', description: 'of all that is random; default 1' },
  resume: { type: 'boolean', description: 'go on with what --out holds half made' },
  json: { type: 'boolean', description: 'print what came out as JSON' },
  ...placeArgs,
} as const satisfies Flags

const command = defineCommand({
  meta: {
    name: 'sft',
    description: 'Learn worked solutions, up to where held-out ones gain nothing',
  },
  args,
  run: async ({ args }) => {
    const source = problemsOf(args)
    const named = source.task === null ? null : await openTask(source.task)
    const inOrder = args.inOrder === true
    const corpus = await openCorpus({ ...source, inOrder }, undefined, named?.task)
    const request = await requestOf(args, corpus)
    const resume = args.resume === true
    if (resume && endedImitation(request.out))
      return say(`${request.out} holds its model: there is nothing left to go on with`)
    const found = await stoppable(signal =>
      imitate(corpus, request, stageProgress(), { signal, resume }),
    )
    process.stdout.write(args.json ? jsonLine(found) : told(found, request))
  },
})

export default { ...command, sections: [promptSection, placeSection] }

async function requestOf(args: Given, corpus: Corpus): Promise<ImitationRequest> {
  const out = textFlag(args, 'out')!
  if (out === '') throw new ConfigError('--out is a folder')
  if (args.updates !== undefined && args.epochs !== undefined)
    throw new ConfigError('--updates and --epochs both say how long; leave one of them out')
  const lora = loraOf(args)
  if (lora === null && args.merge === true)
    throw new ConfigError('--merge goes with --lora: without it a whole model is written')
  const batch = wholeFlag(args, 'updateSize', 16)
  const patience = wholeFlag(args, 'patience', 3, 0)
  const rate = textFlag(args, 'learningRate')
  return {
    model: await modelPath(textFlag(args, 'model')!),
    out,
    updates: updatesOf(args, corpus, batch),
    batch,
    learningRate: rate === null ? null : numberFlag('--learning-rate', rate, { min: 0 }),
    maxTokens: wholeFlag(args, 'maxTokens', 256),
    patience: patience === 0 ? null : patience,
    seed: wholeFlag(args, 'seed', 1, 0),
    lora,
    merge: args.merge === true,
    ...(args.inOrder === true && { inOrder: true }),
    ...wishOf(args),
    ...readEnvironment(args),
    ...placement({
      device: textFlag(args, 'device') ?? undefined,
      threads: textFlag(args, 'threads') ?? undefined,
    }),
  }
}

function updatesOf(args: Given, { name, workedSolutions }: Corpus, batch: number): number {
  if (workedSolutions === 0)
    throw new ConfigError(`${name}: no problem has a worked solution to imitate`)
  if (args.updates !== undefined) return wholeFlag(args, 'updates', 500)
  const epochs = wholeFlag(args, 'epochs', 3)
  return Number.isFinite(workedSolutions) ? Math.ceil((epochs * workedSolutions) / batch) : 500
}

function told({ before, after, heldOut, prompt }: Imitation, request: ImitationRequest): string {
  const { out, lora, merge } = request
  const what = lora === null ? 'model' : merge ? 'merged model' : 'adapter'
  const held =
    heldOut === 0
      ? 'no worked solution is held out: how well it generalises is not known'
      : `loss on ${heldOut} held-out solutions: ${before.toFixed(4)} before, ${after.toFixed(4)} after, in nats a token`
  return [
    held,
    `${what}: ${out}, asked by the template ${prompt.template}`,
    `next: minform eval --model ${out} says how often it is right, minform train --model ${out} goes on from it`,
    '',
  ].join('\n')
}
