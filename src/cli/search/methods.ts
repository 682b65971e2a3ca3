// The table of searches, by the name that a command line knows them by: what each can be told, with its default.

import type { Option, Options, Values } from '../../recipe.ts'
import { beam } from '../../search/beam.ts'
import { bestOfN } from '../../search/best-of-n.ts'
import { dvts } from '../../search/dvts.ts'
import { earlyRejection } from '../../search/early-rejection.ts'
import { lookahead } from '../../search/lookahead.ts'
import { majority } from '../../search/majority.ts'
import { mcts } from '../../search/mcts.ts'
import { particles } from '../../search/particles.ts'
import { rebase } from '../../search/rebase.ts'
import type { Search, Worth } from '../../search/search.ts'
import { stepWiseBestOfN } from '../../search/step-wise-best-of-n.ts'
import { type Choice, choices } from '../../search/vote.ts'
import { weightedBestOfN } from '../../search/weighted-best-of-n.ts'

/** What a search is given beside its options. */
export interface SearchNeeds {
  readonly n: number
  readonly worth: Worth
}

/** One way to search: its name, its source, what it does, what it can be told. */
export interface SearchMethod<O extends Options = Options> {
  readonly name: string
  readonly paper: string
  readonly about: string
  readonly judge: boolean // whether it asks one
  readonly options: O
  build(options: Values<O>, needs: SearchNeeds): Search
}

function method<O extends Options>(one: SearchMethod<O>): SearchMethod {
  return one as unknown as SearchMethod
}

const whole = (standard: number, help: string, min = 1): Option<number> => ({
  default: standard,
  help,
  min,
  integer: true,
})
const width = whole(4, 'ways in which a path goes on')
const maxSteps = whole(20, 'steps after which paths go on to their ends')
const scoreTemperature: Option<number> = {
  default: 0.2,
  help: 'of the softmax over scores',
  min: 1e-6,
}
const choice = (standard: Choice): Option<string> => ({
  default: standard,
  help: 'what decides between the answers that were found',
  choices,
})
const ofBeam = { width, maxSteps, choice: choice('best') }
const chosen = (name: string): Choice => choices.find(one => one === name)!

/** Every search. */
export const searchMethods: readonly SearchMethod[] = [
  method({
    name: 'best-of-n',
    paper: 'arXiv:2110.14168',
    about: 'n answers, the one that the judge likes best',
    judge: true,
    options: {},
    build: (_, needs) => bestOfN(needs),
  }),
  method({
    name: 'majority',
    paper: 'arXiv:2203.11171',
    about: 'n answers, the most frequent one; no judge',
    judge: false,
    options: {},
    build: (_, { n }) => majority({ n }),
  }),
  method({
    name: 'weighted-best-of-n',
    paper: 'arXiv:2206.02336',
    about: 'n answers, the one with the highest sum of scores',
    judge: true,
    options: {},
    build: (_, needs) => weightedBestOfN(needs),
  }),
  method({
    name: 'step-wise-best-of-n',
    paper: 'arXiv:2502.07191',
    about: 'the best of n ways to write each step',
    judge: true,
    options: { maxSteps },
    build: (options, needs) => stepWiseBestOfN({ ...needs, ...options }),
  }),
  method({
    name: 'beam',
    paper: 'arXiv:2408.03314',
    about: 'n candidates of each step, the best n / width go on',
    judge: true,
    options: ofBeam,
    build: (options, needs) => beam({ ...needs, ...options, choice: chosen(options.choice) }),
  }),
  method({
    name: 'dvts',
    paper: 'Beeching, Tunstall and Rush 2024',
    about: 'n / width beams that keep one path each',
    judge: true,
    options: ofBeam,
    build: (options, needs) => dvts({ ...needs, ...options, choice: chosen(options.choice) }),
  }),
  method({
    name: 'lookahead',
    paper: 'arXiv:2408.03314',
    about: 'a beam whose steps are judged by where they lead greedily',
    judge: true,
    options: { ...ofBeam, ahead: whole(1, 'steps that are looked ahead', 0) },
    build: (options, needs) => lookahead({ ...needs, ...options, choice: chosen(options.choice) }),
  }),
  method({
    name: 'early-rejection',
    paper: 'arXiv:2508.01969',
    about: 'a beam that judges a step after its first tokens',
    judge: true,
    options: { ...ofBeam, partialTokens: whole(8, 'tokens of a step after which it is judged') },
    build: ({ partialTokens: tokens, ...options }, needs) =>
      earlyRejection({ ...needs, ...options, tokens, choice: chosen(options.choice) }),
  }),
  method({
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
  }),
  method({
    name: 'rebase',
    paper: 'arXiv:2408.00724',
    about: 'n answers; paths go on in as many ways as their scores deserve',
    judge: true,
    options: { scoreTemperature, maxSteps, choice: choice('weighted') },
    build: ({ scoreTemperature: temperature, ...options }, needs) =>
      rebase({ ...needs, ...options, temperature, choice: chosen(options.choice) }),
  }),
  method({
    name: 'mcts',
    paper: 'the form of arXiv:2502.07191',
    about: 'Monte-Carlo tree search over steps, n simulations',
    judge: true,
    options: {
      ...ofBeam,
      exploration: { default: 1.25, help: 'weight of what was visited less', min: 0 },
    },
    build: (options, needs) => mcts({ ...needs, ...options, choice: chosen(options.choice) }),
  }),
]
