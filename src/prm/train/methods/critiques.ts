import { critiqueWriters, keptCritiques } from '../critiques.ts'
import { ofTexts } from '../objective.ts'
import { method } from './method.ts'

export const critiquesMethod = method({
  name: 'critiques',
  paper: 'arXiv:2504.16828',
  about: 'a language model that writes a verdict of each step, from critiques that labels bear out',
  outputs: 0,
  insideTargets: 0,
  ownThreshold: true,
  needsReference: true, // which writes, as the model was before
  learningRate: 7e-4,
  options: {
    writer: {
      default: 'model',
      help: 'of critiques: the model, --chat, or labels as they are',
      choices: critiqueWriters,
    },
    critiques: { default: 4, help: 'that are written of a solution', min: 1, integer: true },
    critiqueTokens: {
      default: 256,
      help: 'of one at most, learned or asked',
      min: 1,
      integer: true,
    },
    critiqueVotes: {
      default: 1,
      help: 'critiques whose mean scores a step',
      min: 1,
      integer: true,
    },
    rounds: { default: 1, help: 'in which a critique checks itself', min: 1, integer: true },
    critiqueTemperature: { default: 0, help: 'of scores; 0: the likeliest', min: 0 },
  },
  layout: (base, o) => ({
    ...base,
    score: {
      head: 'critiques',
      votes: o.critiqueVotes,
      rounds: o.rounds,
      maxTokens: o.critiqueTokens,
      temperature: o.critiqueTemperature,
    },
    threshold: 0.5,
  }),
  objective: () => ofTexts(),
  examples: (solutions, view, o, reference, signal) =>
    keptCritiques(solutions, view, o, reference!, signal),
})
