import type { Abilities } from '../engine.ts'
import type { Profile } from './profile.ts'

/** What an engine on a server can do: the protocol has no words for the rest. */
export function abilitiesOf({ clips, exactSeeds }: Profile): Abilities {
  return {
    entropies: false,
    classes: false,
    minTokens: false,
    clipNorm: clips,
    shapedLogprobs: false,
    exactSeeds,
    onlyHead: false,
    wholeFolders: false,
    hiddenStates: false,
    meanLogprobs: false,
    blends: false,
    sgd: false,
    int8: false,
  }
}
