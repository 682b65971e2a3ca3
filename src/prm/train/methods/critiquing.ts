// What methods share whose model writes critiques.

import type { Values } from '../../../recipe.ts'
import type { PrmLayout } from '../../layout.ts'
import { critiqueWriters } from '../critiques.ts'

const options = {
  writer: {
    default: 'model',
    help: 'the model, --chat, --chat told of checks, or labels as they are',
    choices: critiqueWriters,
  },
  critiques: { default: 4, help: 'that are written of a solution', min: 1, integer: true },
  critiqueTokens: { default: 256, help: 'of one at most, learned or asked', min: 1, integer: true },
  critiqueVotes: { default: 1, help: 'critiques whose mean scores a step', min: 1, integer: true },
  rounds: { default: 1, help: 'in which a critique checks itself', min: 1, integer: true },
  critiqueTemperature: { default: 0, help: 'of scores; 0: the likeliest', min: 0 },
} as const

/** A language model that is asked for critiques; as it was before training, it may write those that it learns from. */
export const critiquing = {
  outputs: 0,
  insideTargets: 0,
  needsReference: true,
  learningRate: 7e-4,
  options,
  layout: (base: PrmLayout, o: Values<typeof options>) => ({
    ...base,
    score: {
      head: 'critiques' as const,
      votes: o.critiqueVotes,
      rounds: o.rounds,
      maxTokens: o.critiqueTokens,
      temperature: o.critiqueTemperature,
    },
    threshold: 0.5,
  }),
} as const
