import { dvts } from '../../../search/dvts.ts'
import { chosen, method, ofBeam } from './method.ts'

export const dvtsMethod = method({
  name: 'dvts',
  paper: 'Beeching, Tunstall and Rush 2024',
  about: 'n / width beams that keep one path each',
  judge: true,
  options: ofBeam,
  build: (options, needs) => dvts({ ...needs, ...options, choice: chosen(options.choice) }),
})
