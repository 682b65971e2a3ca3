import { execution } from '../execution.ts'
import { method, whole } from './method.ts'

export const executionMethod = method({
  name: 'execution',
  paper: 'arXiv:2502.01715',
  about: 'worked programs with a line changed, run on their tests',
  differs: [
    'an operator or a number is changed, or operands turned; the paper has a model rewrite lines',
    'programs are of JavaScript, and lines are steps',
  ],
  options: { variants: whole(4, 'changed versions of each program') },
  fromWorked: true,
  judgedBy: 'program',
  build: ({ variants }, { seed }) => ({
    kind: 'problem',
    label: problem => execution(problem, { seed, variants }),
  }),
})
