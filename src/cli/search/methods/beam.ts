import { beam } from '../../../search/beam.ts'
import { chosen, method, ofBeam } from './method.ts'

export const beamMethod = method({
  name: 'beam',
  paper: 'arXiv:2408.03314',
  about: 'n candidates of each step, the best n / width go on',
  judge: true,
  options: ofBeam,
  build: (options, needs) => beam({ ...needs, ...options, choice: chosen(options.choice) }),
})
