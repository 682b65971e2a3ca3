import { type PreferenceLoss, sigmoid, softplus } from './loss.ts'

/** -log sigmoid(r_chosen - r_rejected), r the head's one output where the last step is read (Bradley and Terry, 1952). */
export function bradleyTerry(): PreferenceLoss {
  return {
    classes: 1,
    of: pairs_P => {
      let loss = 0
      const slopes_P = pairs_P.map(pair => {
        const [chosen, rejected] = pair.map(({ logits }) => logits.at(-1)!)
        const slope = sigmoid(rejected! - chosen!)
        loss += softplus(rejected! - chosen!)
        const [up, down] = pair.map(({ logits }) => new Float32Array(logits.length))
        up![up!.length - 1] = -slope
        down![down!.length - 1] = slope
        return [up!, down!] as const
      })
      return { loss, terms: pairs_P.length, slopes_P }
    },
  }
}
