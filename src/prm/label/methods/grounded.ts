import { grounded } from '../grounded.ts'
import { method, solutions, whole } from './method.ts'

export const groundedMethod = method({
  name: 'grounded',
  paper: 'arXiv:2510.14942',
  about: 'a tree of rollouts whose steps a calculator checks',
  differs: [
    'a calculator checks the equations of a step; the paper has Wolfram Alpha and a model that reads it',
    'a state is chosen by its mean worth and how often it was seen; the code draws one by chance',
    'rationales come with training: prm train --loss critiques --writer checked',
  ],
  options: {
    rounds: whole(10, 'times that the tree grows, at most'),
    width: whole(3, 'rollouts that leave a state'),
    depth: whole(5, 'steps before which rollouts leave, at most'),
    enough: whole(3, 'right and wrong rollouts each, then it grows no more'),
  },
  build: (options, { seed }) => solutions(grounded({ ...options, seed })),
})
