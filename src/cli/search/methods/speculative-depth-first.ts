import { speculativeDepthFirst } from '../../../search/speculative.ts'
import { chosen, method, ofBeam } from './method.ts'

export const speculativeDepthFirstMethod = method({
  name: 'speculative-depth-first',
  paper: 'arXiv:2506.00396',
  about:
    'ways on that a judge accepts as in speculative sampling are followed to their ends, depth first',
  judge: true,
  options: ofBeam,
  build: (options, needs) =>
    speculativeDepthFirst({ ...needs, ...options, choice: chosen(options.choice) }),
})
