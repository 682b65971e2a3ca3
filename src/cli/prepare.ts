// `minform prepare`: the two models that reinforcement starts from, made from nothing.

import { defineCommand } from 'citty'
import { openEngine } from '../engine/open.ts'
import { ConfigError } from '../errors.ts'
import { accuracy } from '../eval/accuracy.ts'
import { tasks } from '../problems/tasks/index.ts'
import { loadTokenizer } from '../tokenizer/load.ts'
import { askedCorpus, openCorpus } from '../train/corpus.ts'
import { estimateOf, type Part } from '../train/estimate.ts'
import { openJudge } from '../train/judge.ts'
import { checkJudge } from '../train/judge-check.ts'
import { planFor } from '../train/plan.ts'
import { prepare } from '../train/prepare.ts'
import { promptOf } from '../train/prompting.ts'
import { numberFlag } from './flags.ts'
import { stoppable } from './interrupt.ts'
import { placeArgs, placement, placeSection } from './model.ts'
import { percent } from './percent.ts'
import { estimateLine, judgeLine, stageProgress } from './train-report.ts'
import { preparationArgs, preparationWish } from './training/preparation.ts'
import { promptArgs, promptSection, wishOf } from './training/prompt.ts'

const command = defineCommand({
  meta: {
    name: 'prepare',
    description: 'warm-start a policy and train a process reward model, into OUT/base and OUT/prm',
  },
  args: {
    out: { type: 'string', valueHint: 'folder', description: 'folder to write', required: true },
    task: {
      type: 'string',
      valueHint: 'name',
      description: `procedural task: ${[...tasks.keys()].join(', ')}`,
      default: 'nested-arithmetic',
    },
    difficulty: {
      type: 'string',
      valueHint: 'number',
      description: 'of the task, 0 to 3',
      default: '1',
    },
    problems: {
      type: 'string',
      valueHint: 'file',
      description: 'file of problems, instead of a task',
    },
    test: {
      type: 'string',
      valueHint: 'file',
      description: 'file of problems to report',
    },
    ...promptArgs,
    seed: {
      type: 'string',
      valueHint: 'number',
      default: '1',
      description: 'of all that is random',
    },
    resume: { type: 'boolean', description: 'go on with what --out holds half made' },
    ...preparationArgs,
    ...placeArgs,
  },
  run: async ({ args }) => {
    const problemsFile = args.problems ?? null
    const difficulty = numberFlag('--difficulty', args.difficulty, {
      min: 0,
      max: 3,
      integer: true,
    })
    const seed = numberFlag('--seed', args.seed, { min: 0, integer: true })
    if (args.out === '') throw new ConfigError('--out is a folder')
    const request = { task: args.task, difficulty, problemsFile, testFile: args.test ?? null }
    const bare = await openCorpus(request)
    const corpus = askedCorpus(bare, await promptOf(wishOf(args), null, bare.frame))
    const plan = { ...planFor(corpus, preparationWish(args)), seed, ...placement(args) }
    const resume = args.resume === true
    const foretell = (parts: readonly Part[]): void => {
      process.stderr.write(`${estimateLine(estimateOf(parts))}\n`)
    }
    const made = await stoppable(signal =>
      prepare(corpus, args.out, plan, stageProgress(), { signal, resume, foretell }),
    )
    process.stdout.write(await measured(corpus, made, plan))
  },
})

export default { ...command, sections: [promptSection, placeSection] }

/** How good the two models are on held-out problems. */
async function measured(
  corpus: Awaited<ReturnType<typeof openCorpus>>,
  { base, prm }: { readonly base: string; readonly prm: string },
  { seed, maxTokens }: { readonly seed: number; readonly maxTokens: number },
): Promise<string> {
  const tokenizer = await loadTokenizer(base)
  const policy = await openEngine({ kind: 'onnx', folder: base })
  const judge = await openJudge({ kind: 'model', folder: prm }, { folder: base, tokenizer })
  const sampler = { engine: policy, tokenizer, stopIds: tokenizer.stopIds, maxTokens }
  const greedy = await accuracy({ ...sampler, greedy: true }, corpus.validation(200))
  const check = await checkJudge(judge, sampler, corpus, { problems: 200, seed })
  await Promise.all([policy.close(), judge.scorer.close()])
  return [
    `policy ${base}: ${percent(greedy.accuracy)} of ${greedy.graded} validation problems right`,
    `${judgeLine(check)}`,
    '',
  ].join('\n')
}
