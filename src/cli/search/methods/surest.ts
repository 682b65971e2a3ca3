import { surest } from '../../../search/surest.ts'
import { choice, chosen, method } from './method.ts'

export const surestMethod = method({
  name: 'surest',
  paper: 'arXiv:2510.13501',
  about: 'n answers, the one whose last step the policy is surest of; no judge',
  judge: false,
  options: { choice: choice('best') },
  build: (options, { n }) => surest({ n, choice: chosen(options.choice) }),
})
