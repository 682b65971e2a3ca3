import type { Completion } from '../../engine/engine.ts'
import { EngineError } from '../../errors.ts'
import { mean } from '../../numbers/numeric.ts'
import { hashSeed } from '../../numbers/random.ts'
import { critiquePrompt, onceMore } from '../critique.ts'
import type { PrmLayout } from '../layout.ts'
import type { Tokens } from '../reading.ts'
import type { Solution } from '../solution.ts'
import { shareRight } from './judge.ts'
import { readCritique, type StepVotes } from './judge-styles.ts'
import { labelId } from './label-token.ts'
import { checkedScores, type StepScorer } from './step-scorer.ts'
import type { Asked, AskedModel, ModelScorerOptions } from './windows.ts'

/** How critiques are sampled: the layout's own. */
type Critiques = Extract<PrmLayout['score'], { head: 'critiques' }>

/** A critique as far as it is written. */
interface Written {
  readonly ids: Int32Array // the solution, and the critique
  readonly written: boolean // whether there was room for one
  readonly votes_S: StepVotes | null // of its last round that can be read
}

/**
 * Scores steps by critiques that a language model writes itself: of those that say something of a step, the share that call it
 * right. A critique that has ended goes on to check itself again, `rounds` times in all, and the last that can be read counts
 * (ThinkPRM, arXiv:2504.16828). With `odds` the last step has the mean over critiques of the log-odds of two tokens after each (CLoud,
 * arXiv:2408.11791). Where none of a solution can be read, or none has room, its steps have no score.
 */
export function critiqueScorer(
  { engine, tokens }: AskedModel<'sample' | 'score'>,
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
    range: score.odds === undefined ? ([0, 1] as const) : ([-Infinity, Infinity] as const),
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
      const all = await written(engine, tokens, score, critiques, signal)
      const odds = await oddsAfter(engine, tokens, score, all, signal)
      let at = 0
      const rows = solutions.map(({ steps }) => {
        if (steps.length === 0) return []
        const [from, to] = [at, at + score.votes]
        at = to
        const rated = odds?.slice(from, to).filter(one => one !== null)
        if (rated) return steps.map((_, s) => (s === steps.length - 1 ? meanOrNull(rated) : null))
        const votes = all.slice(from, to).flatMap(({ votes_S }) => (votes_S ? [votes_S] : []))
        return steps.map((_, s) => shareRight(votes.map(votes_S => votes_S[s]!)))
      })
      return checkedScores(scorer, solutions, rows)
    },
    close: () => engine.close(),
  }
}

/** What each critique says after all rounds. */
async function written(
  engine: Asked<'sample' | 'score'>,
  { tokenizer }: Tokens,
  { rounds, maxTokens, temperature }: Critiques,
  begun: readonly { readonly solution: Solution; readonly ids: Int32Array }[],
  signal?: AbortSignal,
): Promise<Written[]> {
  const again = rounds > 1 ? tokenizer.encode(`\n\n${onceMore}\n\n`) : []
  let all: Written[] = begun.map(({ ids }) => ({ ids, written: false, votes_S: null }))
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
        written: true,
        votes_S: read ?? one.votes_S,
      }
    })
  }
  return all
}

/** The log-odds of the two tokens after each critique, null where there is no room; null where the layout reads none. */
async function oddsAfter(
  engine: Asked<'sample' | 'score'>,
  { tokenizer }: Tokens,
  { odds }: Critiques,
  all: readonly Written[],
  signal?: AbortSignal,
): Promise<(number | null)[] | null> {
  if (odds === undefined) return null
  const labels = [odds.right, odds.wrong].map(label => labelId(label, tokenizer))
  const fits = ({ ids, written }: Written): boolean =>
    written && ids.length + 2 <= engine.info.maxPositions
  const asked = all
    .filter(fits)
    .flatMap(({ ids }) => labels.map(label => Int32Array.from([...ids, tokenizer.eosId, label])))
  const scores = (await engine.score(asked, signal)).values()
  const next = (): number => scores.next().value!.logprobs.at(-1)!
  return all.map(one => (fits(one) ? next() - next() : null))
}

function meanOrNull(values: readonly number[]): number | null {
  return values.length === 0 ? null : mean(values)
}

/** What was sampled, without the token that ended it. */
function bodyOf({ ids, stop }: Completion): Int32Array {
  return stop === 'stop' ? ids.subarray(0, -1) : ids
}
