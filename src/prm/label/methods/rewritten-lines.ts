import { rewrittenLines } from '../execution.ts'
import { method, whole } from './method.ts'

export const rewrittenLinesMethod = method({
  name: 'rewritten-lines',
  paper: 'arXiv:2502.01715',
  about: 'worked programs, and those with a line that a chat model has changed, by running them',
  differs: [
    'a line has two versions, one with a mistake and one without: which is which their tests say',
    'programs are of JavaScript, and lines are steps',
  ],
  options: { variants: whole(4, 'lines of each program that are changed, twice each') },
  fromWorked: true,
  asksChat: true,
  judgedBy: 'program',
  build: ({ variants }, { seed }) => ({
    kind: 'problem',
    label: problem => rewrittenLines(problem, { seed, variants }),
  }),
})
