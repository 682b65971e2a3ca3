import { lookahead } from '../../../search/lookahead.ts'
import { chosen, method, ofBeam, whole } from './method.ts'

export const lookaheadMethod = method({
  name: 'lookahead',
  paper: 'arXiv:2408.03314',
  about: 'a beam whose steps are judged by where they lead greedily',
  judge: true,
  options: { ...ofBeam, ahead: whole(1, 'steps that are looked ahead', 0) },
  build: (options, needs) => lookahead({ ...needs, ...options, choice: chosen(options.choice) }),
})
