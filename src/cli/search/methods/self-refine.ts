import { selfRefine } from '../../../search/self-refine.ts'
import { method, whole } from './method.ts'

const text = (standard: string, help: string) => ({ default: standard, help })

export const selfRefineMethod = method({
  name: 'self-refine',
  paper: 'arXiv:2502.07191',
  about: 'one answer, which the policy is asked to check and mend in words; n counts not, no judge',
  judge: false,
  options: {
    rounds: whole(3, 'times that the answer is looked at again'),
    check: text(
      '\n\nIs there an error in this solution? If there is none, write: No error.\n\n',
      'words that ask for an error',
    ),
    mend: text(
      '\n\nWrite the solution again without it, and the answer in \\boxed{}.\n\n',
      'words that ask for the solution anew',
    ),
    flawless: text('No error', 'what ends it, where the policy writes it'),
  },
  build: options => selfRefine(options),
})
