import { mcts } from '../../../search/mcts.ts'
import { chosen, method, ofBeam } from './method.ts'

export const mctsMethod = method({
  name: 'mcts',
  paper: 'the form of arXiv:2502.07191',
  about: 'Monte-Carlo tree search over steps, n simulations',
  judge: true,
  options: {
    ...ofBeam,
    exploration: { default: 1.25, help: 'weight of what was visited less', min: 0 },
  },
  build: (options, needs) => mcts({ ...needs, ...options, choice: chosen(options.choice) }),
})
