import { saidIn } from '../groups/talk.ts'
import type { Parts, Scorer } from '../method.ts'
import { lastBox } from '../text/boxes.ts'

/** `weight` for an answer in a box that closes, 0 without. */
export function boxedFormat(weight = 1): Scorer<Parts<'format'>> {
  return async groups =>
    groups.map(({ rollouts }) => ({
      parts_G: {
        format: rollouts.map(rollout => (lastBox(saidIn(rollout)) === null ? 0 : weight)),
      },
    }))
}
