import { progress } from '../../../search/progress.ts'
import { chosen, method, ofBeam, whole } from './method.ts'

export const progressMethod = method({
  name: 'progress',
  paper: 'arXiv:2410.08146',
  about: 'a beam that keeps steps by their chance and by the progress that they are to a prover',
  judge: true,
  options: {
    ...ofBeam,
    width: whole(4, 'ways in which a path goes on'),
    progressWeight: { default: 0.5, help: 'of the progress beside the chance', min: 0 },
    prover: whole(4, 'answers of which the best counts for the prover'),
  },
  build: ({ progressWeight: weight, ...options }, { n }) =>
    progress({ ...options, n, weight, choice: chosen(options.choice) }),
})
