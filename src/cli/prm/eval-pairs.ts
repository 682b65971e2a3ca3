// What `minform prm eval --pairs` measures: a judge that is shown two candidates at a time.

import { ConfigError, DataError } from '../../errors.ts'
import { pairwiseQuality } from '../../prm/evaluate/pairwise.ts'
import { type PairStyleName, pairVerdicts } from '../../prm/score/pair-judge.ts'
import type { JudgeSpec } from '../../prm/score/spec.ts'
import { type AskedBy, openAsked } from '../asked-chat.ts'
import { type Given, kebab } from '../flags.ts'
import type { EvalOptions } from './eval-measures.ts'
import type { EvalReport } from './eval-report.ts'
import type { Subject } from './eval-subject.ts'
import { scorerSpec } from './scorer-flags.ts'

/** Measures the judge of pairs that the flags name on what was read from `path`. */
export async function evaluatePairs(
  subject: Subject,
  path: string,
  { args, trials, seed }: Pick<EvalOptions, 'trials' | 'seed'> & { readonly args: Given },
  signal?: AbortSignal,
): Promise<EvalReport> {
  const [style, by] = [args.pairs as PairStyleName, whoJudges(args)]
  if (subject.kind !== 'candidates')
    throw new ConfigError(`--pairs compares candidates; ${path} holds labelled solutions`)
  const contests = subject.sets.map(({ id, problem, candidates }) => ({
    problem,
    texts: candidates.map(({ steps }, n) => {
      if (steps !== null) return steps.join('\n\n')
      throw new DataError(`candidate ${n} of ${id} has no text; its file has scores alone`)
    }),
    right_N: candidates.map(({ right, answer }, n) => {
      if (right !== null) return right
      const given = answer === null ? '' : `, answer ${JSON.stringify(answer)}`
      throw new DataError(
        `candidate ${n} of ${id}${given}: right is missing; expected true or false`,
      )
    }),
  }))
  const chat = await openAsked(by, args, seed)
  try {
    const verdicts_P = await pairVerdicts(chat.ask, contests, { style, seed }, signal)
    const sets = contests.map(({ right_N }, p) => ({ right_N, verdicts: verdicts_P[p]! }))
    const judge = 'server' in by ? by.server.model : by.model
    return {
      ...{ benchmark: subject.benchmark, file: path, judge: `${judge}, by pairs (${style})` },
      ...{ threshold: null, skipped: subject.bad.length },
      pairwise: pairwiseQuality(sets, { trials, seed }),
    }
  } finally {
    await chat.close()
  }
}

/** Votes and styles are of judges of steps: of those that go with --judge here is how it is asked. */
function whoJudges(args: Given): AskedBy {
  const stray = [
    'prm',
    'oracle',
    'scores',
    'style',
    'votes',
    'vote',
    'judgeRounds',
    'quorum',
    'threshold',
    'thresholdFrom',
    'aggregation',
  ]
  const found = stray.find(name => args[name] !== undefined)
  if (found !== undefined)
    throw new ConfigError(
      `--pairs asks a chat model, by --judge or --pair-model: leave out --${kebab(found)}`,
    )
  const model = args.pairModel as string | undefined
  if ((model === undefined) === (args.judge === undefined))
    throw new ConfigError(
      '--pairs: name who compares, by one of --judge ADDRESS and --pair-model MODEL',
    )
  const server = ['judgeModel', 'judgeTokens', 'judgeTemperature', 'judgeSeed'].find(
    name => model !== undefined && args[name] !== undefined,
  )
  if (server !== undefined) throw new ConfigError(`--${kebab(server)} goes with --judge`)
  if (model !== undefined) return { model }
  const { url, model: name, temperature, maxTokens, ...asked } = scorerSpec(args) as JudgeSpec
  const { apiKeyEnv, concurrency, retries, timeoutMs } = asked
  const given = { temperature, maxTokens, apiKeyEnv, concurrency, retries, timeoutMs }
  const some = Object.entries(given).filter(([, value]) => value !== undefined)
  return { server: { kind: 'server', url, model: name, ...Object.fromEntries(some) } }
}
