// How a server puts a gradient together. Each question is a batch and a step of rate 0, whose norm is what was measured.

import { type Carrier, carriers, type LearnedSequence } from '../engine/tinker/dialect.ts'
import type { Model } from '../engine/tinker/operations.ts'
import type { Profile } from '../engine/tinker/profile.ts'
import { type Finding, farthest, finding, shortly } from './finding.ts'
import { descent, type Trial } from './trial.ts'

const agrees = 1e-3 // relative; a server of half precision may need more
const vanishes = 1e-2 // what w and -w together may leave of the norm

export interface Gradients {
  readonly findings: readonly Finding[]
  /** null where no carrier takes weights of any sign, or where the server does not say norms */
  readonly carrier: Carrier | null
  readonly reduction: Profile['reduction'] | null
  readonly idempotent: boolean
}

/** What one carrier does with weights of both signs. */
interface Carried {
  readonly carrier: Carrier
  readonly linear: number // norm of twice the weights, over that of the weights
  readonly left: number // norm of w and -w together, over that of w
}

/** Which carriers are exact, how requests and sequences add up, whether a repeated request counts twice, and the slope. */
export async function tryGradients(
  trial: Trial,
  model: Model,
  [a, b]: readonly [Int32Array, Int32Array],
): Promise<Gradients> {
  const [one, other] = await trial.score(model, a, b)
  const first = { ids: a, weights: signed(a), logprobs: one! }
  const second = { ids: b, weights: signed(b), logprobs: other! }
  const tried: (Carried | { readonly carrier: Carrier; readonly refused: string })[] = []
  for (const carrier of carriers) tried.push(await tryCarrier(trial, model, first, carrier))
  const good = tried.find(
    one => 'linear' in one && Math.abs(one.linear / 2 - 1) < agrees && one.left < vanishes,
  )
  const findings = [signs(tried, good?.carrier ?? null)]
  if (good === undefined) return { findings, carrier: null, reduction: null, idempotent: false }
  const { carrier } = good
  const added = await adding(trial, model, [first, second], carrier)
  const { reduction, finding: reduced } = await reducing(trial, model, [first, second], carrier)
  const repeated = await repeating(trial, model, [first, second], carrier)
  findings.push(added, reduced, repeated)
  if (reduction !== null) findings.push(await slope(trial, model, first, carrier, reduction))
  return { findings, carrier, reduction, idempotent: repeated.value === true }
}

async function tryCarrier(trial: Trial, model: Model, sequence: LearnedSequence, carrier: Carrier) {
  const norm = async (...batch: LearnedSequence[]) =>
    (await trial.norm(model, [batch], carrier)) ?? Number.NaN
  try {
    const whole = await norm(sequence)
    const twice = await norm(times(sequence, 2))
    const none = await norm(sequence, times(sequence, -1))
    return { carrier, linear: twice / whole, left: none / whole }
  } catch (error) {
    trial.settings.signal?.throwIfAborted()
    return { carrier, refused: (error as Error).message }
  }
}

function signs(
  tried: readonly (Carried | { readonly carrier: Carrier; readonly refused: string })[],
  carrier: Carrier | null,
): Finding {
  const each = tried.map(one =>
    'refused' in one
      ? `${one.carrier}: refused`
      : `${one.carrier}: 2w is ${shortly(one.linear)} of w, w and -w leave ${shortly(one.left)}`,
  )
  const unsaid = tried.some(one => 'linear' in one && Number.isNaN(one.linear))
  const found =
    carrier === null ? (unsaid ? 'unknown: no norm of the gradient' : 'no') : `yes, by ${carrier}`
  return finding('weights of both signs', carrier, found, each.join('; '))
}

type Two = readonly [LearnedSequence, LearnedSequence]

async function adding(trial: Trial, model: Model, [a, b]: Two, carrier: Carrier) {
  const together = await trial.norm(model, [[a, b]], carrier)
  const apart = await trial.norm(model, [[a], [b]], carrier)
  const ratio = apart! / together!
  const adds = Math.abs(ratio - 1) < agrees
  const measured = `norm over two requests / in one: ${ratio.toFixed(6)}`
  return finding('requests add up until a step', adds, adds ? 'yes' : 'no', measured)
}

/**
 * Sum or mean: of sequences, by sending one twice; of its tokens, by a longer one whose further tokens have no weight and so
 * no gradient.
 */
async function reducing(trial: Trial, model: Model, [a]: Two, carrier: Carrier) {
  const norm = (...batch: LearnedSequence[]) => trial.norm(model, [batch], carrier)
  const long = { ...a, weights: a.weights.map((w, t) => (t < a.weights.length / 2 ? w : 0)) }
  const cut = Math.ceil(a.weights.length / 2)
  const short = {
    ids: a.ids.slice(0, cut + 1),
    weights: a.weights.slice(0, cut),
    logprobs: a.logprobs.slice(0, cut),
  }
  const [once, twice] = [await norm(a), await norm(a, a)] as [number, number]
  const [alone, padded] = [await norm(short), await norm(long)] as [number, number]
  const sequences = twice / once
  const tokens = padded / alone
  const half = cut / a.weights.length
  const near = (x: number, to: number): boolean => Math.abs(x / to - 1) < 10 * agrees
  const sums = near(sequences, 2) && near(tokens, 1)
  const means = near(sequences, 1) && near(tokens, half)
  const reduction: Profile['reduction'] | null = sums ? 'sum' : means ? 'mean' : null
  const found =
    reduction === 'sum'
      ? 'the sum over tokens and sequences'
      : reduction === 'mean'
        ? 'the mean over sequences of the mean over their tokens'
        : 'neither a sum nor a mean of means'
  const measured = `one sequence twice: ${shortly(sequences)} of once; ${shortly(1 / half)} times as long: ${shortly(tokens)} of short`
  return { reduction, finding: finding('how a gradient is reduced', reduction, found, measured) }
}

/** A request that is sent twice under one number, as after a broken connection. */
async function repeating(trial: Trial, model: Model, [a, b]: Two, carrier: Carrier) {
  const { dialect } = trial.operations
  const expected = await trial.norm(model, [[a], [b]], carrier)
  const call = () => dialect.forwardBackward({ model: model.name, number }, [a], carrier)
  const number = model.next()
  const about = 'a request sent twice counts once'
  await trial.ask(call(), 'never')
  try {
    await trial.ask(call(), 'never')
  } catch (error) {
    trial.settings.signal?.throwIfAborted()
    await trial.step(model, descent(0))
    return finding(about, false, 'refused', (error as Error).message)
  }
  const ratio = (await trial.norm(model, [[b]], carrier))! / expected!
  const once = Math.abs(ratio - 1) < agrees
  const measured = `norm with one sent twice / once: ${ratio.toFixed(6)}`
  return finding(about, once, once ? 'yes' : 'no', measured)
}

/** A step of plain descent, whose fall of the loss the norm foretells to first order: the mean of both ends' is exact to second. */
async function slope(
  trial: Trial,
  model: Model,
  sequence: LearnedSequence,
  carrier: Carrier,
  reduction: Profile['reduction'],
) {
  const sent = whole(sequence, reduction)
  const loss = async () => lossOf(sequence, (await trial.score(model, sequence.ids))[0]!)
  const before = await loss()
  const norm = (await trial.norm(model, [[sent]], carrier))!
  const rate = 0.05 / norm ** 2
  await trial.learn(model, [sent], carrier)
  await trial.step(model, descent(rate))
  const after = await loss()
  const later = (await trial.norm(model, [[sent]], carrier))!
  const foretold = (rate * (norm ** 2 + later ** 2)) / 2
  const ratio = (before - after) / foretold
  const right = Math.abs(ratio - 1) < 0.05
  const measured = `the loss fell by ${ratio.toFixed(3)} of what the norm ${shortly(norm)} foretells`
  return finding('the gradient is the slope', right, right ? 'yes' : 'no', measured)
}

/** What a step does beside descending: nothing at rate 0, and clipping where it is asked for. */
export async function trySteps(
  trial: Trial,
  model: Model,
  ids: Int32Array,
  { carrier, reduction }: { readonly carrier: Carrier; readonly reduction: Profile['reduction'] },
): Promise<{ readonly findings: readonly Finding[]; readonly clips: boolean }> {
  const [logprobs] = await trial.score(model, ids)
  const learned = { ids, weights: signed(ids), logprobs: logprobs! }
  const sent = whole(learned, reduction)
  const norm = (await trial.norm(model, [[sent]], carrier))!
  const [still] = await trial.score(model, ids)
  const moved = farthest(still!, logprobs!)
  const rate = 0.02 / norm ** 2
  await trial.learn(model, [sent], carrier)
  await trial.step(model, descent(rate, norm / 8))
  const [after] = await trial.score(model, ids)
  const share = (lossOf(learned, still!) - lossOf(learned, after!)) / (rate * norm ** 2)
  const clips = Math.abs(share * 8 - 1) < 0.3
  return {
    clips,
    findings: [
      finding(
        'a step of rate 0 moves nothing',
        moved === 0,
        moved === 0 ? 'yes' : 'no',
        `log-probabilities moved by ${shortly(moved)}`,
      ),
      finding(
        'gradients are clipped',
        clips,
        clips ? 'yes' : 'no: a step takes clipNorm null only',
        `asked for 1/8 of the norm, the loss fell by ${shortly(share)} of all`,
      ),
    ],
  }
}

function lossOf({ weights }: LearnedSequence, logprobs: Float32Array): number {
  return -logprobs.reduce((sum, x, t) => sum + weights[t]! * x, 0)
}

/** One sequence whose mean over its tokens is the sum that is meant. */
function whole(sequence: LearnedSequence, reduction: Profile['reduction']): LearnedSequence {
  return reduction === 'mean' ? times(sequence, sequence.weights.length) : sequence
}

/** Weights of both signs that do not repeat. */
export function signed(ids: Int32Array): Float32Array {
  return Float32Array.from({ length: ids.length - 1 }, (_, t) => ((t * 7) % 11) / 11 - 0.4)
}

function times(sequence: LearnedSequence, factor: number): LearnedSequence {
  return { ...sequence, weights: sequence.weights.map(weight => weight * factor) }
}
