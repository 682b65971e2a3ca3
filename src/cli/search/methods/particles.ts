import { particles } from '../../../search/particles.ts'
import { choice, chosen, maxSteps, method, scoreTemperature, whole } from './method.ts'

export const particlesMethod = method({
  name: 'particles',
  paper: 'arXiv:2502.01618; annealing arXiv:2510.05825',
  about: 'n particles, drawn anew after each step by their scores',
  judge: true,
  options: {
    scoreTemperature,
    maxSteps,
    choice: choice('best'),
    sweeps: whole(1, 'filters; more than one is particle Gibbs'),
    anneal: { default: false, help: 'flatten early weights that rest on few particles' },
  },
  build: ({ scoreTemperature: temperature, anneal, ...options }, needs) =>
    particles({
      ...needs,
      ...options,
      temperature,
      anneal: anneal ? { below: 0.5, until: 0.5 } : null,
      choice: chosen(options.choice),
    }),
})
