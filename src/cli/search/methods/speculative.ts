import { speculative } from '../../../search/speculative.ts'
import { chosen, method, ofBeam } from './method.ts'

export const speculativeMethod = method({
  name: 'speculative',
  paper: 'arXiv:2506.00396',
  about: 'a beam whose steps a judge accepts as in speculative sampling',
  judge: true,
  options: ofBeam,
  build: (options, needs) => speculative({ ...needs, ...options, choice: chosen(options.choice) }),
})
