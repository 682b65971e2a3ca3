import { keptCritiques } from '../critiques.ts'
import { ofTexts } from '../objective.ts'
import { critiquing } from './critiquing.ts'
import { method } from './method.ts'

export const critiquesMethod = method({
  ...critiquing,
  name: 'critiques',
  paper: 'arXiv:2504.16828',
  about: 'a language model that writes a verdict of each step, from critiques that labels bear out',
  ownThreshold: true,
  objective: () => ofTexts(),
  examples: (solutions, view, o, reference, signal) =>
    keptCritiques(solutions, view, o, reference!, signal),
})
