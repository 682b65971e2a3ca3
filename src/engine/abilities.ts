import type { Abilities } from './engine.ts'

/** What an engine can that holds the model itself. Hidden states have no verb yet. */
export const allAbilities: Abilities = {
  entropies: true,
  classes: true,
  minTokens: true,
  clipNorm: true,
  shapedLogprobs: true,
  exactSeeds: true,
  onlyHead: true,
  wholeFolders: true,
  hiddenStates: false,
}
