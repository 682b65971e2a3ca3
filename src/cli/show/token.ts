// Why a token got its advantage, as arithmetic in a terminal.

import { sameWithin } from '../../explain/replay.ts'
import { type StreamShare, stepOf, type TokenWhy } from '../../explain/token.ts'
import type { Formula } from '../../method.ts'

/** The way from rewards to the advantage of a token, which spells `text` where that is known. */
export function whyLines(why: TokenWhy, text: string | null = null): string[] {
  const { rewards, shares, masked, whitening, advantage, recorded } = why
  const spelled = text === null ? '' : ` ${JSON.stringify(text)}`
  const lines = [`token ${why.token}${spelled}${why.step === null ? '' : `, of step ${why.step}`}`]
  if (!why.written) return [...lines, 'the policy did not write it: advantage 0']
  if (rewards.outcome !== null) lines.push(`outcome ${exact(rewards.outcome)}`)
  if (rewards.steps !== null)
    lines.push(
      `scores of steps ${rewards.steps.map(exact).join(', ')}; of this one ${exact(rewards.step)}`,
    )
  for (const [name, value] of Object.entries(rewards.others)) lines.push(`${name} ${exact(value)}`)
  if (shares === null)
    return [
      ...lines,
      `advantage ${exact(advantage)}: a stage of the recipe's own, which tells no parts`,
      lossLine(why),
    ]
  for (const share of shares) lines.push(...shareLines(share))
  lines.push(`sum      ${shares.map(({ share }) => exact(share)).join(' + ')} = ${exact(why.sum)}`)
  if (masked) lines.push('mask     the closing token of a step earns nothing: 0')
  else if (whitening!.form !== 'none' && why.whitened !== 0) {
    const { form, mean, deviation } = whitening!
    lines.push(
      `whiten   (${exact(why.sum)} - ${exact(mean)}) / ${exact(deviation)} = ${exact(why.whitened)}   ${form}, over the batch`,
    )
  }
  for (const { formula, advantage } of why.after)
    lines.push(`then     ${exact(advantage)}${by(formula)}`)
  return [...lines, `advantage ${exact(advantage)}, recorded ${exact(recorded)}`, lossLine(why)]
}

/** The share of a token in the loss. */
function lossLine({ loss, learned, advantage }: TokenWhy): string {
  if (!learned) return 'loss     0: the rollout was not learned from'
  if (loss === null) return 'loss     of a kind that gives no token a weight of its own'
  const { weight, share, recorded, formula } = loss
  return `loss     ${exact(weight)} * ${exact(advantage)} = ${exact(share)}, recorded ${exact(recorded)}${by(formula)}; ${stepOf(loss)}`
}

function shareLines(one: StreamShare): string[] {
  const { name, credit, part, baseline, weight, share } = one
  if (credit === null) return [`${name}`, '  no label: 0']
  return [
    name,
    `  credit   ${exact(credit)}${by(one.creditBy)}`,
    `  baseline ${exact(credit)} - ${exact(baseline)} = ${exact(part)}${by(one.baselineBy)}`,
    `  weight   ${exact(weight)} * ${exact(part)} = ${exact(share)}`,
  ]
}

function by(formula: Formula | null): string {
  if (formula === null) return ''
  const source = formula.source === '' ? '' : ` (${formula.source})`
  return `   ${formula.name}: ${formula.formula}${source}`
}

/** Whether the replay is what the run recorded. */
export function replayLine(distance: number | null, recipe: string): string {
  if (distance === null) return 'nothing was recorded to compare with'
  return distance <= sameWithin
    ? 'all returns and advantages of the iteration, computed again, are those that were recorded'
    : `NOT WHAT WAS RECORDED: ${recipe} knows more than its rewards (a memory, a tokenizer, worked solutions); numbers differ by ${(100 * distance).toPrecision(2)} % of the largest`
}

/** Six digits, which is what float32 has. */
function exact(value: number | null): string {
  return value === null ? '?' : String(Number(value.toPrecision(6)))
}
