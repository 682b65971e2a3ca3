import { wholeOrNull } from './values.ts'

/** How long models that a run makes itself learn before it begins; null: as the data are worth. */
export const preparationSettings = {
  warmUpdates: wholeOrNull, // of the policy, on worked solutions, at most
  judgeUpdates: wholeOrNull, // of the judge, in each of its rounds, at most
  prepareBatch: wholeOrNull, // texts of one update
}
