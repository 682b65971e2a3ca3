import type { Abilities } from './engine.ts'

/** What an engine can that holds the model itself. */
export const allAbilities: Abilities = {
  entropies: true,
  classes: true,
  minTokens: true,
  clipNorm: true,
  shapedLogprobs: true,
  exactSeeds: true,
  onlyHead: true,
  wholeFolders: true,
  hiddenStates: true,
  meanLogprobs: true,
  blends: true,
  sgd: true,
  int8: true,
}

/** Why a server refuses them: what it tells of a token is its own log-probability. */
export const noMeans =
  'score: meanLogprobs; a server does not tell them, take an engine that holds the model itself'
