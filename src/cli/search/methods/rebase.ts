import { rebase } from '../../../search/rebase.ts'
import { choice, chosen, maxSteps, method, scoreTemperature } from './method.ts'

export const rebaseMethod = method({
  name: 'rebase',
  paper: 'arXiv:2408.00724',
  about: 'n answers; paths go on in as many ways as their scores deserve',
  judge: true,
  options: { scoreTemperature, maxSteps, choice: choice('weighted') },
  build: ({ scoreTemperature: temperature, ...options }, needs) =>
    rebase({ ...needs, ...options, temperature, choice: chosen(options.choice) }),
})
