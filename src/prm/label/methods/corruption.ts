import { corruptions } from '../corruption.ts'
import { said } from '../labeler.ts'
import { method } from './method.ts'

export const corruptionMethod = method({
  name: 'corruption',
  paper: 'arXiv:2505.21496',
  about: 'worked solutions, and those that end too early, go on too long, or as another',
  differs: [
    'the step where a spoiled solution goes astray is wrong; the paper labels trajectories as a whole',
    'what is spliced in is of the problem before; of the first one nothing is',
  ],
  options: {},
  fromWorked: true,
  build: (_, { seed, mutateOf, oracleOf }) => ({
    kind: 'problem',
    label: (problem, before) => {
      const [mutate, oracle] = [mutateOf(problem), oracleOf(problem)]
      return said(corruptions(problem, { mutate, oracle, seed, before }))
    },
  }),
})
