import { confidentMistakes } from '../confident-mistakes.ts'
import { method, share, solutions } from './method.ts'

export const confidentMistakesMethod = method({
  name: 'confident-mistakes',
  paper: 'arXiv:2505.21496',
  about: 'steps of wrong solutions that depart from the worked one, where the policy was sure',
  differs: [
    'a step of a wrong solution is wrong where the worked one does not have it, by its text',
    'how sure is surely: 0.5 of the mean probability of its tokens; the paper does not say',
  ],
  options: { sure: share(0.5, 'mean probability of the tokens of such a step, at least') },
  build: ({ sure }) => solutions(confidentMistakes({ sure })),
})
