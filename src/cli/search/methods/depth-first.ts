import { depthFirst } from '../../../search/depth-first.ts'
import { chosen, method, ofBeam } from './method.ts'

export const depthFirstMethod = method({
  name: 'depth-first',
  paper: 'arXiv:2305.10601',
  about: 'the best ways on are followed to their ends, depth first, until there are n answers',
  judge: true,
  options: {
    ...ofBeam,
    prune: {
      default: 0.4,
      help: 'share of the ways on, the worst, that is given up',
      min: 0,
      max: 0.99,
    },
    least: { default: 0, help: 'once there is an answer, what is worth less is given up' },
  },
  build: (options, needs) => depthFirst({ ...needs, ...options, choice: chosen(options.choice) }),
})
