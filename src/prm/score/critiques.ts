import type { Completion } from '../../engine/engine.ts'
import { EngineError } from '../../errors.ts'
import { hashSeed } from '../../numbers/random.ts'
import { critiquePrompt, onceMore } from '../critique.ts'
import type { PrmLayout } from '../layout.ts'
import type { Tokens } from '../reading.ts'
import type { Solution } from '../solution.ts'
import { shareRight } from './judge.ts'
import { readCritique, type StepVotes } from './judge-styles.ts'
import { checkedScores, type StepScorer } from './step-scorer.ts'
import type { Asked, AskedModel, ModelScorerOptions } from './windows.ts'

/** How critiques are sampled: the layout's own. */
type Critiques = Extract<PrmLayout['score'], { head: 'critiques' }>

/** A critique as far as it is written. */
interface Written {
  readonly ids: Int32Array // the solution, and the critique
  readonly votes_S: StepVotes | null // of its last round that can be read
}

/**
 * Scores steps by critiques that a language model writes itself: of those that say something of a step, the share that call it
 * right. A critique that has ended goes on to check itself again, `rounds` times in all, and the last that can be read counts
 * (ThinkPRM, arXiv:2504.16828). Where none of a solution can be read, or none has room, its steps have no score.
 */
export function critiqueScorer(
  { engine, tokens }: AskedModel<'sample'>,
  layout: PrmLayout,
  options: ModelScorerOptions = {},
): StepScorer {
  const { score, threshold, aggregation, convention } = layout
  if (score.head !== 'critiques' || engine.info.head !== 'language-model')
    throw new EngineError(
      `the layout ${convention} reads ${score.head} of a ${engine.info.head}; expected critiques of a language model`,
    )
  const scorer = {
    name: options.name ?? convention,
    range: [0, 1] as const,
    threshold,
    aggregation,
  }
  return {
    ...scorer,
    score: async (solutions, signal) => {
      const critiques = solutions.flatMap(solution => {
        if (solution.steps.length === 0) return []
        const ids = critiquePrompt(solution, layout, tokens)
        return Array.from({ length: score.votes }, () => ({ solution, ids }))
      })
      const votes = await written(engine, tokens, score, critiques, signal)
      let at = 0
      const rows = solutions.map(({ steps }) => {
        if (steps.length === 0) return []
        const own = votes.slice(at, at + score.votes).filter(one => one !== null)
        at += score.votes
        return steps.map((_, s) => shareRight(own.map(votes_S => votes_S[s]!)))
      })
      return checkedScores(scorer, solutions, rows)
    },
    close: () => engine.close(),
  }
}

/** What each critique says after all rounds. */
async function written(
  engine: Asked<'sample'>,
  { tokenizer }: Tokens,
  { rounds, maxTokens, temperature }: Critiques,
  begun: readonly { readonly solution: Solution; readonly ids: Int32Array }[],
  signal?: AbortSignal,
): Promise<(StepVotes | null)[]> {
  const again = rounds > 1 ? tokenizer.encode(`\n\n${onceMore}\n\n`) : []
  let all: Written[] = begun.map(({ ids }) => ({ ids, votes_S: null }))
  for (let round = 0; round < rounds; round++) {
    const going = all.flatMap(({ ids }, i) =>
      ids.length + again.length < engine.info.maxPositions ? [i] : [],
    )
    const prompts = going.map(i =>
      round === 0 ? all[i]!.ids : Int32Array.from([...all[i]!.ids, ...again]),
    )
    const found = await engine.sample(
      prompts.map((ids, k) => ({ ids, n: 1, seed: hashSeed(round, 'critique', going[k]!) })),
      {
        maxTokens,
        temperature: temperature || 1,
        greedy: temperature === 0,
        stopIds: [tokenizer.eosId],
        ...(signal && { signal }),
      },
    )
    all = all.map((one, i) => {
      const k = going.indexOf(i)
      if (k < 0) return one
      const said = bodyOf(found[k]![0]!)
      const read = readCritique(
        tokenizer.decode(said),
        begun[i]!.solution.steps.length,
        'each-step',
      )
      return {
        ids: Int32Array.from([...prompts[k]!, ...said]),
        votes_S: read ?? one.votes_S,
      }
    })
  }
  return all.map(({ votes_S }) => votes_S)
}

/** What was sampled, without the token that ended it. */
function bodyOf({ ids, stop }: Completion): Int32Array {
  return stop === 'stop' ? ids.subarray(0, -1) : ids
}
