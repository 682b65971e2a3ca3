import { describe, expect, test } from 'vitest'
import { correlation } from '../../../../src/numbers/correlation.ts'
import { normal, random } from '../../../../src/numbers/random.ts'
import { bradleyTerry } from '../../../../src/prm/train/losses/bradley-terry.ts'
import { contrasted, remembering } from '../../../../src/prm/train/losses/contrasted.ts'
import { errorsOf, hindsight } from '../../../../src/prm/train/losses/hindsight.ts'
import type { Judged, JudgedPair, PreferenceLoss } from '../../../../src/prm/train/losses/loss.ts'
import { uncertain } from '../../../../src/prm/train/losses/uncertain.ts'
import { withoutLength } from '../../../../src/prm/train/losses/without-length.ts'
import { f32 } from '../../../example-groups.ts'

const judged = (logits: readonly number[], more: Partial<Judged> = {}): Judged => ({
  logits: f32(...logits),
  tokens: 3,
  importance_S: f32(...logits.map(() => 1 / logits.length)),
  ...more,
})
const losses: readonly [string, PreferenceLoss][] = [
  ['Bradley and Terry', bradleyTerry()],
  ['without length', withoutLength({ weight: 0.7 })],
  ['uncertain', uncertain()],
  ['contrasted', contrasted({ right: [1.5, -0.5], wrong: [0.25] }, { weight: 0.7 })],
  ['hindsight', hindsight({ weight: 0 })], // the sum in its second term has no slope: below
]

describe.each(losses)('%s', (_, loss) => {
  const draw = random(4)
  const pairs_P = Array.from({ length: 4 }, (): JudgedPair => {
    const side = (steps: number): Judged =>
      judged(
        Array.from({ length: steps * loss.classes }, () => normal(draw)),
        { tokens: 3 + Math.floor(9 * draw()) },
      )
    return [side(2), side(3)]
  })

  test('slopes are derivatives', () => {
    const { slopes_P } = loss.of(pairs_P)
    pairs_P.forEach((pair, p) => {
      pair.forEach(({ logits }, side) => {
        logits.forEach((x, i) => {
          const at = (d: number): number => {
            const moved = pair.map((one, k) =>
              k === side ? { ...one, logits: logits.with(i, x + d) } : one,
            ) as unknown as JudgedPair
            return loss.of(pairs_P.with(p, moved)).loss
          }
          const h = 2 ** -6
          expect(slopes_P[p]![side]![i]).toBeCloseTo((at(h) - at(-h)) / (2 * h), 3)
        })
      })
    })
  })

  test('one term a pair; nothing of none; finite far out', () => {
    expect(loss.of(pairs_P).terms).toBe(4)
    expect(loss.of([])).toEqual({ loss: 0, terms: 0, slopes_P: [] })
    const far = Array.from({ length: loss.classes }, (_, c) => (c === 0 ? 90 : 2))
    const { loss: value, slopes_P } = loss.of([[judged(far.map(x => -x)), judged(far)]])
    expect(Number.isFinite(value)).toBe(true)
    for (const slopes of slopes_P[0]!) expect(slopes.every(Number.isFinite)).toBe(true)
  })
})

test('uncertain: gap 1, variances adding up to 2: 0.3930; none: 0.3133 (arXiv:2503.22480, eq. 5)', () => {
  const pair = (log: number): JudgedPair => [judged([1, log]), judged([0, log])]
  expect(uncertain().of([pair(0)]).loss).toBeCloseTo(0.393, 4)
  const sure = uncertain().of([pair(-30)]).loss
  expect(sure).toBeCloseTo(0.3133, 4)
  expect(bradleyTerry().of([[judged([1]), judged([0])]]).loss).toBeCloseTo(sure, 6)
})

test('uncertain: where labels contradict each other, deviations grow', () => {
  const contradiction = [
    [judged([0.5, -1]), judged([0.5, -1])],
    [judged([2.5, -1]), judged([0, -1])],
    [judged([0, -1]), judged([2.5, -1])],
  ] as const
  const down = uncertain().of(contradiction).slopes_P
  expect(down[2]![1][1]).toBeLessThan(0) // a descent makes it larger
  expect(down[1]![0][1]).toBeGreaterThan(0)
  expect(Math.abs(down[2]![1][1]!)).toBeGreaterThan(Math.abs(down[1]![0][1]!))
})

test('hindsight: importance 0.1, 0.2, 0.7 of a sum of 10 shares out 1, 2 and 7 (arXiv:2404.08828, eq. 5)', () => {
  const importance_S = f32(0.1, 0.2, 0.7)
  const errors = (...logits: number[]) => [...errorsOf(judged(logits, { importance_S }))]
  expect(errors(1, 2, 7).map(e => e + 0)).toEqual([0, 0, 0].map(x => expect.closeTo(x, 5)))
  expect(errors(4, 3, 3)).toEqual([3, 1, -4].map(x => expect.closeTo(x, 5)))
  const pair: JudgedPair = [judged([4, 3, 3], { importance_S }), judged([0])]
  const [plain, shared] = [0, 1].map(weight => hindsight({ weight }).of([pair]))
  expect(shared!.loss - plain!.loss).toBeCloseTo((9 + 1 + 16) / 3, 5)
  const toShares = [...shared!.slopes_P[0]![0]].map((x, s) => x - plain!.slopes_P[0]![0][s]!)
  expect(toShares).toEqual([3, 1, -4].map(e => expect.closeTo((2 * e) / 3, 5)))
})

test('without length: the score loses the length that preferences hold, and still ranks equal lengths', () => {
  const draw = random(9)
  // what a linear head sees of a solution: its quality and its length, which the preferences add
  const solution = () => ({ quality: normal(draw), length: normal(draw) })
  const pairs = Array.from({ length: 200 }, () => {
    const [a, b] = [solution(), solution()]
    return a.quality + 2 * a.length > b.quality + 2 * b.length ? [a, b] : [b, a]
  })
  type Seen = ReturnType<typeof solution>
  const trained = (loss: PreferenceLoss): ((one: Seen) => number) => {
    const rows = Array.from({ length: loss.classes }, (_, c) => [0.1 * (c + 1), 0.2])
    const outputs = ({ quality, length }: Seen) => rows.map(w => w[0]! * quality + w[1]! * length)
    for (let update = 0; update < 300; update++) {
      const { slopes_P } = loss.of(
        pairs.map(pair => pair.map(one => judged(outputs(one), { tokens: one.length })) as never),
      )
      pairs.forEach((pair, p) => {
        pair.forEach(({ quality, length }, side) => {
          rows.forEach((w, c) => {
            const slope = (0.3 * slopes_P[p]![side]![c]!) / pairs.length
            w[0]! -= slope * quality
            w[1]! -= slope * length
          })
        })
      })
    }
    return one => outputs(one)[0]!
  }
  const test = Array.from({ length: 500 }, solution)
  const ofLength = (score: (one: Seen) => number): number =>
    correlation(
      test.map(score),
      test.map(({ length }) => length),
    ).rho
  const ranks = (score: (one: Seen) => number): number => {
    const right = test.filter(({ quality }, i) => {
      const other = { quality: test[(i + 1) % 500]!.quality, length: 0 }
      return score({ quality, length: 0 }) > score(other) === quality > other.quality
    })
    return right.length / test.length
  }
  const [plain, odin] = [trained(bradleyTerry()), trained(withoutLength())]
  expect(ofLength(plain)).toBeGreaterThan(0.7)
  expect(Math.abs(ofLength(odin))).toBeLessThan(0.15)
  expect(ranks(odin)).toBeGreaterThan(0.95)
})

test('contrasted: what is remembered is Bradley and Terry against scores that stand still (arXiv:2506.00396)', () => {
  const pair: JudgedPair = [judged([1]), judged([0])]
  const alone = bradleyTerry().of([pair]).loss
  expect(contrasted({ right: [], wrong: [] }).of([pair])).toEqual(bradleyTerry().of([pair]))
  const found = contrasted({ right: [2, 4], wrong: [0] }, { weight: 0.1 }).of([pair]).loss
  const log = (x: number): number => Math.log(1 + Math.exp(-x))
  expect(found).toBeCloseTo(alone + 0.1 * (log(1) + (log(2) + log(4)) / 2), 6)
})

test('remembering: the last pairs, none of those that it is asked about', () => {
  const pairs = [3, 1, -2].map((x): JudgedPair => [judged([x]), judged([-x])])
  const loss = remembering({ weight: 0.5, size: 2 })
  expect(loss.of(pairs).loss).toBeCloseTo(bradleyTerry().of(pairs).loss, 6)
  const known = contrasted({ right: [1, -2], wrong: [-1, 2] }, { weight: 0.5 })
  expect(loss.of(pairs)).toEqual(known.of(pairs))
})
