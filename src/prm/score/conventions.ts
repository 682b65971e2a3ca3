// How published process reward models want to be asked, by name. Their own folders do not say it: it stands in model
// cards and scripts.

import { ConfigError } from '../../errors.ts'
import { nearest } from '../../text/nearest.ts'
import { minformLayout, type PrmLayout } from '../layout.ts'

const plain = { form: 'text', before: '', after: '', bos: false } as const

/** Qwen2.5-Math-PRM-7B and -72B, Qwen2.5-Math-7B-PRM800K (arXiv:2501.07301): a special token after every step. */
const qwenMathPrm: PrmLayout = {
  version: 1,
  convention: 'qwen-math-prm',
  prompt: {
    form: 'chat',
    system: 'Please reason step by step, and put your final answer within \\boxed{}.',
  },
  step: { before: '', mark: '<extra_0>', between: '', last: 'mark' },
  encoding: 'whole',
  read: 'mark',
  score: { head: 'classes', formula: 'probability' },
  threshold: 0.5,
  aggregation: 'product',
}

/** math-shepherd-mistral-7b-prm (arXiv:2312.08935): at `ки` the next token is + or -. */
const mathShepherd: PrmLayout = {
  version: 1,
  convention: 'math-shepherd',
  prompt: { form: 'text', before: '', after: ' ', bos: true },
  step: { before: 'Step {n}: ', mark: ' ки', between: '\n', last: 'mark' },
  encoding: 'whole',
  read: 'mark',
  score: { head: 'labels', right: '+', wrong: '-', over: 'labels', written: false },
  threshold: 0.5,
  aggregation: 'min',
}

/** Llama3.1-8B-PRM-Mistral-Data and -Deepseek-Data (arXiv:2405.07863): each step a user's turn, answered + or -. */
const rlhflow: PrmLayout = {
  version: 1,
  convention: 'rlhflow',
  prompt: { form: 'turns', system: null, join: ' ' },
  step: { before: '', mark: '', between: '', last: 'mark' },
  encoding: 'whole',
  read: 'mark',
  score: { head: 'labels', right: '+', wrong: '-', over: 'labels', written: true },
  threshold: 0.5,
  aggregation: 'mean',
}

/** Skywork-o1-Open-PRM-Qwen-2.5-1.5B and -7B: a scalar at the line break after each step. */
const skywork: PrmLayout = {
  version: 1,
  convention: 'skywork',
  prompt: { form: 'text', before: '', after: '\n', bos: true },
  step: { before: '', mark: '\n', between: '', last: 'mark' },
  encoding: 'parts',
  read: 'mark',
  score: { head: 'classes', formula: 'sigmoid' },
  threshold: 0.5,
  aggregation: 'last',
}

/** PURE-PRM-7B (arXiv:2504.15275): prompt, steps and blank lines encoded apart. */
const purePrm: PrmLayout = {
  version: 1,
  convention: 'pure-prm',
  prompt: plain,
  step: { before: '', mark: '\n\n', between: '', last: 'mark' },
  encoding: 'parts',
  read: 'mark',
  score: { head: 'classes', formula: 'difference' },
  threshold: 0,
  aggregation: 'min',
}

/** What TRL's PRMTrainer makes with its defaults. */
const trl: PrmLayout = {
  ...purePrm,
  convention: 'trl',
  prompt: { ...plain, bos: true },
  step: { before: '', mark: '\n', between: '', last: 'mark' },
  score: { head: 'classes', formula: 'probability' },
  threshold: 0.5,
}

/** ReasonEval-7B and -34B (arXiv:2404.05692): three classes at the last token of each step, with nothing between steps. */
const reasonEval: PrmLayout = {
  version: 1,
  convention: 'reason-eval',
  prompt: {
    form: 'text',
    before: 'Question:\n',
    after: "\nAnswer:\nLet's think step by step.\n",
    bos: true,
  },
  step: { before: '', mark: '', between: '', last: 'nothing' },
  encoding: 'parts',
  read: 'step',
  score: { head: 'classes', formula: 'validity' },
  threshold: 0.5,
  aggregation: 'min',
}

/** Every layout that has a name. */
export const conventions: ReadonlyMap<string, PrmLayout> = new Map(
  [minformLayout, qwenMathPrm, mathShepherd, rlhflow, skywork, purePrm, trl, reasonEval].map(
    layout => [layout.convention, layout],
  ),
)

/** The layout of a name; unknown names are refused, naming what there is. */
export function conventionOf(name: string): PrmLayout {
  const layout = conventions.get(name)
  if (layout) return layout
  const names = [...conventions.keys()]
  const near = nearest(name, names)
  const hint = near === undefined ? `there is ${names.join(', ')}` : `did you mean '${near}'?`
  throw new ConfigError(`no convention '${name}'; ${hint}`)
}
