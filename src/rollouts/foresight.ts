// Steps chosen by how well they can be gone on from: each candidate is gone on to its end, and the likelihood of what comes is
// what the policy foresees of it.

import type { Method, Parts, Scorer } from '../method.ts'
import { mean } from '../numbers/numeric.ts'
import { type Random, random } from '../numbers/random.ts'
import type { Group, Rollout } from '../types.ts'
import { extend, isOver, type Path, unbegun } from './extend.ts'
import { requireNobodyTalks, type Sampler } from './sampler.ts'

export interface ForesightOptions {
  readonly beams: number // kept after each step
  readonly candidates: number // steps that each beam may go on by
  readonly steps: number // at most
  readonly temperature: number // of the softmax over what is foreseen
}

/** A way to go on, and where it leads. */
interface Ahead {
  readonly path: Path // as far as the step
  readonly rollout: Rollout // to its end
  readonly foresight: number
  readonly gain: number // foresight - that of the beam that it goes on from
}

/**
 * For each step of a search a winner, the candidate with the most foresight, and a loser, drawn from the others by the softmax of
 * theirs, both gone on to their ends: rollouts 2j and 2j + 1 of a group. The next beams are drawn likewise, without replacement
 * (Genius, arXiv:2504.08672, section 3). `scores` are the parts `foresight` and `gain` of those very rollouts.
 */
export function foresight(
  sampler: Sampler,
  options: ForesightOptions,
): { readonly rollouts: Method['rollouts']; readonly scores: Scorer<Parts<'foresight' | 'gain'>> } {
  requireNobodyTalks('foresight', sampler)
  const known = new WeakMap<Rollout, Ahead>()
  const rollouts: Method['rollouts'] = async (problems, seed, signal) => {
    const { engine, tokenizer } = sampler
    await engine.spell(tokenizer.tokenBytes())
    const pairs_P: Rollout[][] = problems.map(() => [])
    let beams_P: (readonly Beam[])[] = problems.map(({ prompt }) => {
      return [{ path: unbegun(tokenizer.encode(prompt)), foresight: 0 }]
    })
    for (let step = 1; step <= options.steps; step++) {
      const draw = random(seed, 'foresight', step)
      const ahead_P = await lookAhead(sampler, beams_P, options, draw, signal)
      beams_P = ahead_P.map((ahead, p) => {
        if (ahead.length === 0) return []
        const [winner, loser] = pairOf(ahead, options.temperature, draw)
        for (const one of [winner, loser]) {
          known.set(one.rollout, one)
          pairs_P[p]!.push(one.rollout)
        }
        const open = ahead.filter(({ path }) => !isOver(path))
        return drawn(open, options.beams, options.temperature, draw)
      })
    }
    return problems.map((problem, p): Group => ({ problem, rollouts: pairs_P[p]! }))
  }
  const scores: Scorer<Parts<'foresight' | 'gain'>> = async groups =>
    groups.map(({ rollouts }) => ({
      parts_G: {
        foresight: rollouts.map(one => known.get(one)?.foresight ?? null),
        gain: rollouts.map(one => known.get(one)?.gain ?? null),
      },
    }))
  return { rollouts, scores }
}

type Beam = Pick<Ahead, 'path' | 'foresight'>

/** What each problem's beams may go on by, at least two candidates where there is a beam. */
async function lookAhead(
  sampler: Sampler,
  beams_P: readonly (readonly Beam[])[],
  { beams, candidates }: ForesightOptions,
  draw: Random,
  signal?: AbortSignal,
): Promise<Ahead[][]> {
  const from = beams_P.flatMap((all, p) => all.map(beam => ({ p, beam })))
  const seed = (): number => Math.floor(draw() * 2 ** 31)
  const first = (path: Path): number => (path.ids.length === 0 ? beams : 1) // the root is all beams
  const asked = from.map(({ beam: { path } }) => {
    return { from: path, n: candidates * first(path), seed: seed(), until: 'step' as const }
  })
  const steps = await extend(sampler, asked, signal)
  const found = steps.flatMap((paths, i) => paths.map(path => ({ ...from[i]!, path })))
  const open = found.filter(({ path }) => !isOver(path))
  const ends = await extend(
    sampler,
    open.map(({ path }) => ({ from: path, n: 1, seed: seed(), until: 'end' as const })),
    signal,
  )
  const ahead_P: Ahead[][] = beams_P.map(() => [])
  for (const { p, beam, path } of found) {
    const rollout = (
      isOver(path) ? path : ends[open.findIndex(one => one.path === path)]![0]!
    ) as Rollout
    const f = foreseen(path, rollout)
    ahead_P[p]!.push({ path, rollout, foresight: f, gain: f - beam.foresight })
  }
  return ahead_P
}

/** The mean log-probability of what comes after a path; of one that is over, that of its last step. */
export function foreseen({ ids, steps }: Path, { logprobs_T }: Rollout): number {
  const from = ids.length < logprobs_T.length ? ids.length : (steps.at(-1)?.start ?? 0)
  return mean(logprobs_T.subarray(from))
}

/** The candidate with the most foresight, and one of the others, drawn by the softmax of theirs. */
function pairOf(all: readonly Ahead[], temperature: number, draw: Random): readonly [Ahead, Ahead] {
  const winner = all.reduce((best, one) => (one.foresight > best.foresight ? one : best))
  const others = all.filter(one => one !== winner)
  return [winner, drawn(others, 1, temperature, draw)[0]!]
}

/** n items, or all where there are no more, drawn one after the other by the softmax of their foresight. */
function drawn(
  all: readonly Ahead[],
  n: number,
  temperature: number,
  draw: Random,
): readonly Ahead[] {
  const left = [...all]
  const out: Ahead[] = []
  while (out.length < n && left.length > 0) {
    const shares = foresightShares(
      left.map(({ foresight }) => foresight),
      temperature,
    )
    let at = draw()
    let i = 0
    while (i < left.length - 1 && at >= shares[i]!) at -= shares[i++]!
    out.push(...left.splice(i, 1))
  }
  return out
}

/** softmax(f / temperature). */
export function foresightShares(f: readonly number[], temperature: number): readonly number[] {
  const most = Math.max(...f)
  const weights = f.map(x => Math.exp((x - most) / temperature))
  const all = weights.reduce((a, b) => a + b)
  return weights.map(x => x / all)
}
