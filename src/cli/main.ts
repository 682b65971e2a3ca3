#!/usr/bin/env node
// The table of commands. Each is loaded only when it is called, so that the others cost no start-up.
import { type Commands, dispatch, type Output, report } from './dispatch.ts'
import { endWithReader } from './io.ts'
import { version } from './versions.ts'

const commands: Commands = {
  train: {
    about: 'train a policy by a recipe, from a task or from your own problems',
    load: () => import('./train.ts'),
  },
  compare: {
    about: 'recipes on equal terms, over several seeds',
    load: () => import('./compare.ts'),
  },
  prepare: {
    about: 'make the two models that training starts from',
    load: () => import('./prepare.ts'),
  },
  prm: {
    about: 'process reward models: label, train, score, audit, eval, convert',
    load: () => import('./prm.ts'),
  },
  eval: { about: 'how often a policy solves problems', load: () => import('./eval.ts') },
  sample: { about: 'completions of prompts by a model', load: () => import('./sample.ts') },
  score: {
    about: "log-probability of every token of texts, or a classifier's logits",
    load: () => import('./score.ts'),
  },
  credit: { about: 'advantages of groups of scored steps', load: () => import('./credit.ts') },
  grade: { about: 'grade answers against gold answers', load: () => import('./grade.ts') },
}

const output: Output = {
  out: text => process.stdout.write(text),
  err: text => process.stderr.write(text),
  version: version(),
  debug: process.env.MINFORM_DEBUG === '1',
}

endWithReader(process.stdout)
endWithReader(process.stderr)
process.on('uncaughtException', error => process.exit(report(error, output)))

const code = await dispatch(commands, process.argv.slice(2), output)
process.stdout.write('', () => process.exit(code)) // what was written before is out first
