import { stepWiseBestOfN } from '../../../search/step-wise-best-of-n.ts'
import { maxSteps, method } from './method.ts'

export const stepWiseBestOfNMethod = method({
  name: 'step-wise-best-of-n',
  paper: 'arXiv:2502.07191',
  about: 'the best of n ways to write each step',
  judge: true,
  options: { maxSteps },
  build: (options, needs) => stepWiseBestOfN({ ...needs, ...options }),
})
