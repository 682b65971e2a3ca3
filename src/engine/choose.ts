// One token from one row of logits: the distribution of the model, the one that is sampled, and a draw.

import { EngineError } from '../errors.ts'
import { type Cut, Cutter, largest, type Row, weightAt } from './cut.ts'

/** How a token is drawn; `greedy` overrides the others. */
export interface ChooseOptions {
  readonly temperature?: number // > 0; default 1
  readonly topK?: number // at least 1; default the whole vocabulary
  readonly topP?: number // (0, 1]; default 1
  readonly greedy?: boolean // default false
}

export interface Choice {
  readonly id: number
  readonly logprob: number // of the model, temperature 1, over all logits
  readonly sampledLogprob: number // of what was sampled, after barring, temperature, top-k and top-p; 0 when greedy
}

const block = 512 // tokens whose weights are summed before a draw looks among them

/**
 * Draws tokens of a vocabulary of `size` entries. The distribution that is sampled is the model's, changed in this order
 * and renormalised after each change: ids that stand for no token and barred tokens get probability 0, the temperature divides the logits, top-k keeps
 * the k most likely, top-p keeps the fewest most likely that together reach p, the one that crosses included; of
 * equals, the lower ids. Greedy takes the most likely that is not barred. Weights below e^-40 of the largest count as 0.
 */
export class Chooser {
  private readonly all: number // logits in a row
  private readonly size: number // of them before those at its end that stand for no token
  private readonly gaps: readonly number[] // ids before that which stand for none either
  private readonly sharpness: number // 1 / temperature
  private readonly greedy: boolean
  private readonly cutter: Cutter | null
  private readonly blocks: Float64Array // sums of weights
  private open_V: Float32Array | null = null // logits without the barred ones
  private readonly choice = { id: 0, logprob: 0, sampledLogprob: 0 }

  /** `absent` ids, ascending, stand for no token. Throws EngineError where a setting is outside its range. */
  constructor(
    all: number,
    { temperature = 1, topK = all, topP = 1, greedy = false }: ChooseOptions = {},
    absent: readonly number[] = [],
  ) {
    const require = (ok: boolean, what: string): void => {
      if (!ok) throw new EngineError(`sample: ${what}`)
    }
    require(temperature > 0, `temperature ${temperature}, expected a number above 0`)
    require(topP > 0 && topP <= 1, `topP ${topP}, expected a number in (0, 1]`)
    require(topK >= 1 && Number.isInteger(topK), `topK ${topK}, expected a whole number from 1`)
    require(absent.length < all, `none of ${all} ids stands for a token`)
    let size = all
    for (const id of absent.toReversed()) if (id === size - 1) size--
    this.all = all
    this.size = size
    this.gaps = absent.filter(id => id < size)
    this.sharpness = Math.min(1 / temperature, Number.MAX_VALUE)
    this.greedy = greedy
    const cuts = topK < size || topP < 1
    this.cutter = cuts ? new Cutter(size, Math.min(topK, size), topP, this.sharpness) : null
    this.blocks = new Float64Array(Math.ceil(size / block))
  }

  /**
   * Draws with the uniform number `u` in [0, 1) from the row of `logits` that begins at `from`; `barred` ids cannot come.
   * The choice is overwritten by the next one. Throws EngineError for logits that are no distribution: NaN or +Infinity
   * among them, or nothing above -Infinity.
   */
  choose(logits: Float32Array, from: number, u: number, barred: readonly number[] = []): Choice {
    const { size, gaps, choice } = this
    const top = largest(logits, from, size)
    const all = { logits, start: from, top }
    const total = this.weigh(all, 1)
    const padding = logSumExp(logits.subarray(from + size, from + this.all), 1)
    if (!(total < Infinity && padding < Infinity)) throw damage(logits, from, this.all)
    const row = barred.length + gaps.length === 0 ? all : this.without(barred, all)
    if (this.greedy) {
      choice.id = row.logits.indexOf(row.top, row.start) - row.start
      choice.sampledLogprob = 0
    } else if (this.cutter !== null) {
      const cut = this.cutter.cut(row)
      this.take(row, this.locateKept(row, cut, u * cut.mass), cut.mass)
    } else {
      const same = row === all && this.sharpness === 1 // then the blocks hold what is drawn from
      const mass = same ? total : this.weigh(row, this.sharpness)
      this.take(row, this.locate(row, u * mass), mass)
    }
    choice.logprob = logits[from + choice.id]! - top - Math.log(total)
    if (size < this.all) choice.logprob -= softplus(padding - top - Math.log(total))
    return choice
  }

  private take({ logits, start, top }: Row, id: number, mass: number): void {
    this.choice.id = id
    this.choice.sampledLogprob = (logits[start + id]! - top) * this.sharpness - Math.log(mass)
  }

  /** The sum of all weights, block by block. */
  private weigh({ logits, start, top }: Row, sharpness: number): number {
    const { size, blocks } = this
    let total = 0
    for (let b = 0, v = start; b < blocks.length; b++) {
      const end = Math.min(start + size, v + block)
      let sum = 0
      for (; v < end; v++) sum += weightAt((top - logits[v]!) * sharpness)
      blocks[b] = sum
      total += sum
    }
    return total
  }

  /** The token in whose weight a running sum passes `at`; the last possible one takes what rounding leaves. */
  private locate({ logits, start, top }: Row, at: number): number {
    const { blocks, size, sharpness } = this
    let sum = 0
    let chosen = 0
    for (let b = 0; b < blocks.length; b++) {
      if (blocks[b] === 0) continue
      chosen = b
      if (at < sum + blocks[b]!) break
      sum += blocks[b]!
    }
    let id = chosen * block
    const end = Math.min(size, id + block)
    for (let v = id; v < end; v++) {
      const weight = weightAt((top - logits[start + v]!) * sharpness)
      if (weight === 0) continue
      id = v
      sum += weight
      if (at < sum) break
    }
    return id
  }

  /** `locate` among the tokens that a cut keeps. */
  private locateKept({ logits, start, top }: Row, cut: Cut, at: number): number {
    let { equals } = cut
    let id = 0
    let sum = 0
    for (let v = 0; v < this.size; v++) {
      const logit = logits[start + v]!
      if (logit < cut.at || (logit === cut.at && equals-- <= 0)) continue
      const weight = weightAt((top - logit) * this.sharpness)
      if (weight === 0) continue
      id = v
      sum += weight
      if (at < sum) break
    }
    return id
  }

  private without(barred: readonly number[], { logits, start }: Row): Row {
    this.open_V ??= new Float32Array(this.size)
    this.open_V.set(logits.subarray(start, start + this.size))
    for (const ids of [this.gaps, barred])
      for (const id of ids) this.open_V[id] = Number.NEGATIVE_INFINITY
    const top = largest(this.open_V, 0, this.size)
    if (top === Number.NEGATIVE_INFINITY)
      throw new EngineError(`sample: all tokens that can come are barred (${barred.length} ids)`)
    return { logits: this.open_V, start: 0, top }
  }
}

/** log(sum_v exp(logits[v] / temperature)). */
export function logSumExp(logits_V: Float32Array, temperature: number): number {
  let max = Number.NEGATIVE_INFINITY
  for (let v = 0; v < logits_V.length; v++) max = Math.max(max, logits_V[v]! / temperature)
  if (max === Number.NEGATIVE_INFINITY) return max
  let sum = 0
  for (let v = 0; v < logits_V.length; v++) sum += Math.exp(logits_V[v]! / temperature - max)
  return max + Math.log(sum)
}

/** log(1 + e^x), for x of any size. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
}

function damage(logits: Float32Array, from: number, size: number): EngineError {
  const row = logits.subarray(from, from + size)
  const count = (test: (x: number) => boolean): number => row.filter(test).length
  const [nan, infinite] = [count(Number.isNaN), count(x => x === Infinity)]
  const found = nan + infinite > 0 ? `${nan} NaN and ${infinite} infinite` : 'none above -Infinity'
  return new EngineError(
    `sample: the logits are not finite (${found}, of ${size}); the weights are damaged`,
  )
}
