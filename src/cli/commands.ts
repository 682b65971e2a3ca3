// The table of commands. Each is loaded only when it is called, so that the others cost no start-up.
import type { Commands } from './dispatch.ts'

export const commands: Commands = {
  train: {
    about: 'train a policy by a recipe, from a task or from your own problems',
    load: () => import('./train.ts'),
  },
  show: {
    about: 'what a run did, down to why a token got its advantage',
    load: () => import('./show.ts'),
  },
  view: {
    about: 'runs as a page in a browser: what they did, and why',
    load: () => import('./view.ts'),
  },
  query: {
    about: 'SQL over the rollouts, steps, metrics and logs of runs',
    load: () => import('./query.ts'),
  },
  compare: {
    about: 'recipes on equal terms, over several seeds',
    load: () => import('./compare.ts'),
  },
  sft: { about: 'imitate worked solutions', load: () => import('./sft.ts') },
  prepare: {
    about: 'make the two models that training starts from',
    load: () => import('./prepare.ts'),
  },
  prm: {
    about: 'process reward models: label, train, score, audit, eval, convert',
    load: () => import('./prm.ts'),
  },
  search: {
    about: 'one answer out of many, by a policy and a judge of steps',
    load: () => import('./search.ts'),
  },
  eval: { about: 'how often a policy solves problems', load: () => import('./eval.ts') },
  write: {
    about: 'what a chat model writes before a run: rewrites, rubrics, solutions, tasks',
    load: () => import('./write.ts'),
  },
  recipes: {
    about: 'the recipes of train, with their options',
    load: () => import('./recipes.ts'),
  },
  methods: {
    about: 'the published systems, and what each became here',
    load: () => import('./methods.ts'),
  },
  sample: { about: 'completions of prompts by a model', load: () => import('./sample.ts') },
  score: {
    about: "log-probability of every token of texts, or a classifier's logits",
    load: () => import('./score.ts'),
  },
  merge: {
    about: 'an adapter and the model beneath it, as one model',
    load: () => import('./merge.ts'),
  },
  credit: { about: 'advantages of groups of scored steps', load: () => import('./credit.ts') },
  doctor: {
    about: 'what this machine has, which devices compute, what sizes of models fit',
    load: () => import('./doctor.ts'),
  },
  connect: {
    about: 'what a server that speaks the Tinker protocol can do',
    load: () => import('./connect.ts'),
  },
  grade: { about: 'grade answers against gold answers', load: () => import('./grade.ts') },
}
