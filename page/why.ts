// The arithmetic of a token's advantage, line by line.

import { stepOf, type TokenWhy } from '../src/explain/token.ts'
import type { Formula } from '../src/method.ts'
import { exact } from './written-out.ts'

/** A line: what is done, and what comes of it. */
export interface Row {
  readonly kind: 'reward' | 'stream' | 'part' | 'sum' | 'loss' | 'end'
  readonly name: string
  readonly work: string
  readonly result: string
  readonly formula: Formula | null
}

/** The lines from rewards to the advantage, and what was recorded. */
export function whyRows(why: TokenWhy, isRecorded = true): Row[] {
  const { rewards, shares, sum, masked, whitening, advantage, recorded } = why
  const end = isRecorded
    ? row('end', 'recorded', '', exact(recorded))
    : row('end', 'advantage', '', exact(advantage))
  const rows = [
    row('reward', 'outcome', '', exact(rewards.outcome)),
    ...(rewards.steps === null
      ? []
      : [row('reward', 'steps', rewards.steps.map(exact).join(', '), exact(rewards.step))]),
    ...Object.entries(rewards.others).map(([name, value]) => row('reward', name, '', exact(value))),
  ]
  if (shares === null)
    return [
      ...rows,
      row(
        'part',
        'advantage',
        "a stage of the recipe's own, which tells no parts",
        exact(advantage),
      ),
      end,
      ...lossRows(why, isRecorded),
    ]
  for (const share of shares) rows.push(row('stream', share.name, '', ''), ...shareRows(share))
  const terms = shares.map(({ share }) => term(share)).join(' + ')
  rows.push(row('sum', 'sum', terms, exact(sum)))
  if (masked) rows.push(row('part', 'mask', 'the token that closes a step earns nothing', '0'))
  else if (
    whitening !== null &&
    whitening.form !== 'none' &&
    !(whitening.form === 'openrlhf' && sum === 0)
  ) {
    const { form, mean, deviation } = whitening
    const work = `(${exact(sum)} − ${term(mean)}) / ${exact(deviation)}`
    rows.push({
      ...row('part', 'whiten', work, exact(why.whitened)),
      formula: {
        name: `over the batch, as in ${form}`,
        formula: '(sum − mean) / deviation',
        source: '',
      },
    })
  }
  for (const { formula, advantage } of why.after)
    rows.push({ ...row('part', 'then', '', exact(advantage)), formula })
  return [...rows, end, ...lossRows(why, isRecorded)]
}

/** The token's share in the loss of the update that learned from it. */
function lossRows({ loss, learned, advantage }: TokenWhy, isRecorded: boolean): Row[] {
  if (!learned) return [row('loss', 'loss', 'the rollout was not learned from', '0')]
  if (loss === null)
    return [row('loss', 'loss', 'of a kind that gives no token a weight of its own', '')]
  const { weight, share, recorded, formula } = loss
  const work = `${exact(weight)} × ${term(advantage)}`
  const said = { ...formula, source: [formula.source, stepOf(loss)].filter(Boolean).join('; ') }
  return [
    { ...row('loss', 'loss', work, exact(share)), formula: said },
    ...(isRecorded ? [row('end', 'recorded', '', exact(recorded))] : []),
  ]
}

function shareRows(share: NonNullable<TokenWhy['shares']>[number]): Row[] {
  const { credit, creditBy, part, baseline, baselineBy, weight } = share
  if (credit === null) return [row('part', 'credit', 'no label', '0')]
  return [
    { ...row('part', 'credit', '', exact(credit)), formula: creditBy },
    {
      ...row('part', 'baseline', `${exact(credit)} − ${term(baseline)}`, exact(part)),
      formula: baselineBy,
    },
    row('part', 'weight', `${exact(weight)} × ${term(part)}`, exact(share.share)),
  ]
}

/** A number within a sum: what is below 0 stands in brackets. */
function term(value: number | null): string {
  return value !== null && value < 0 ? `(${exact(value)})` : exact(value)
}

function row(kind: Row['kind'], name: string, work: string, result: string): Row {
  return { kind, name, work, result, formula: null }
}

const within = 1e-5 // float32, of the size of what it is a sum of

/** What the arithmetic gives and what was recorded, where they are not the same to float32; null where they are. */
export function differs(why: TokenWhy): { found: number; recorded: number } | null {
  const { shares, sum, masked, whitening, written, recorded, advantage } = why
  if (shares === null || sum === null || whitening === null || why.after.length > 0)
    return far(advantage, recorded, 1)
  const moved = whitening.form !== 'none' && !(whitening.form === 'openrlhf' && sum === 0)
  const { mean, deviation } = moved ? whitening : { mean: 0, deviation: 1 }
  const found = !written || masked ? 0 : (sum - mean) / deviation
  const terms = shares.map(
    ({ credit, baseline, weight }) =>
      Math.abs(weight) * ((credit === null ? 0 : Math.abs(credit)) + Math.abs(baseline ?? 0)),
  )
  const size = terms.reduce((a, b) => a + b, Math.abs(mean)) / deviation
  return far(found, recorded, Math.max(size, 1))
}

function far(found: number, recorded: number, size: number) {
  return Math.abs(found - recorded) <= within * size ? null : { found, recorded }
}
