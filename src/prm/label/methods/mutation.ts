import { said } from '../labeler.ts'
import { mutations } from '../mutation.ts'
import { method, whole } from './method.ts'

export const mutationMethod = method({
  name: 'mutation',
  paper: 'none',
  about: 'worked solutions with one step made wrong',
  differs: [],
  options: { wrong: whole(1, 'wrong versions of each solution') },
  fromWorked: true,
  build: ({ wrong }, { seed, mutateOf }) => ({
    kind: 'problem',
    label: problem => said(mutations(problem, { mutate: mutateOf(problem), seed, wrong })),
  }),
})
