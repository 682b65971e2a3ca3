import { corruptions } from '../corruption.ts'
import { said } from '../labeler.ts'
import { method } from './method.ts'

export const corruptionMethod = method({
  name: 'corruption',
  paper: 'arXiv:2505.21496',
  about: 'worked solutions, and those that end too early or go on behind the answer',
  differs: [
    'the last step of a spoiled solution is wrong; the paper labels trajectories as a whole',
  ],
  options: {},
  fromWorked: true,
  build: (_, { seed, mutateOf }) => ({
    kind: 'problem',
    label: problem => said(corruptions(problem, { mutate: mutateOf(problem), seed })),
  }),
})
