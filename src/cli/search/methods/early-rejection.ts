import { earlyRejection } from '../../../search/early-rejection.ts'
import { chosen, method, ofBeam, whole } from './method.ts'

export const earlyRejectionMethod = method({
  name: 'early-rejection',
  paper: 'arXiv:2508.01969',
  about: 'a beam that judges a step after its first tokens',
  judge: true,
  options: { ...ofBeam, partialTokens: whole(8, 'tokens of a step after which it is judged') },
  build: ({ partialTokens: tokens, ...options }, needs) =>
    earlyRejection({ ...needs, ...options, tokens, choice: chosen(options.choice) }),
})
