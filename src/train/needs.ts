import type { Engine } from '../engine/engine.ts'
import { runCode } from '../environments/judging.ts'
import { ConfigError } from '../errors.ts'
import type { Scorer, StepRewards } from '../method.ts'
import { hashSeed } from '../numbers/random.ts'
import { pathJudge } from '../prm/score/path-judge.ts'
import type { StepScorer } from '../prm/score/step-scorer.ts'
import { type Prompt, promptText } from '../problems/prompt.ts'
import type { Needs, Policy, Recipe, Values } from '../recipe.ts'
import type { Grader } from '../rewards/grader.ts'
import { outcome } from '../rewards/outcome.ts'
import type { Ask } from '../rewards/remote/chat.ts'
import { independent } from '../rollouts/independent.ts'
import type { Sampler } from '../rollouts/sampler.ts'
import { explore } from '../search/explore.ts'
import type { Problem } from '../types.ts'
import type { RunChat } from './chat.ts'
import type { RunJudge } from './judge.ts'

/** What there is to build a method from; the policy alone must be. */
export interface AtHand {
  readonly sampler: Sampler & { readonly engine: Policy } // of the policy
  readonly grader?: Grader // default: boxed answers are compared
  /** What scores steps, and paths of searches where it has a scorer; default null, nothing does. */
  readonly judge?: (Pick<RunJudge, 'rewards'> & { readonly scorer?: StepScorer }) | null
  readonly chat?: Pick<RunChat, 'ask'> | null // default null, there is none
  readonly askOf?: Needs['askOf'] // default: who asks a model other than that fails
  readonly beside?: Readonly<Record<string, Engine>> // by the names that the recipe gives them; default none
  readonly prompt?: Pick<Prompt, 'frame'> | null // what problems are asked by; default null, their question alone
  readonly recall?: Needs['recall'] // default: no rollouts of earlier iterations are kept, and who asks for one fails
  readonly reference?: Needs['reference'] // default: there is none, and who asks for it fails
  readonly seed?: number // default 0
}

/**
 * What a recipe is given: the one place that makes it. `labelled`, an option that recipes may have, is the share of problems
 * whose answers are used: which ones depends on the seed and the question alone.
 */
export function needsOf(
  { name }: Pick<Recipe, 'name'>,
  { labelled = 1 }: Values,
  {
    sampler,
    grader,
    judge = null,
    chat = null,
    askOf,
    beside = {},
    prompt = null,
    recall,
    reference,
    seed = 0,
  }: AtHand,
): Needs {
  const asked = ({ question, prompt }: Problem): boolean =>
    hashSeed(seed, 'labelled', question ?? prompt) / 2 ** 32 < Number(labelled)
  const noJudge: Scorer<StepRewards> = () => {
    throw new ConfigError(`${name} scores steps but does not say that it needs a judge`)
  }
  const noReference = async (): Promise<never> => {
    throw new ConfigError(`${name} asks for a reference, and there is none`)
  }
  const noChat: Ask = () => {
    throw new ConfigError(`${name} asks a chat model but does not say that it needs one`)
  }
  const noAskOf = (): Ask => () => {
    throw new ConfigError(`${name} asks a model in words, and nobody says how; give askOf`)
  }
  const noRecall = async (): Promise<never> => {
    throw new ConfigError(
      `${name} recalls rollouts of earlier iterations, and none are kept; give recall, such as recallFrom(folder of the run) or that of keptRollouts()`,
    )
  }
  const scorer = judge?.scorer
  return {
    sample: n => independent(sampler, n),
    explore: search =>
      explore(search, { sampler, judge: scorer === undefined ? null : pathJudge(scorer) }),
    grade: outcome(asked, grader),
    scoreSteps: judge === null ? noJudge : judge.rewards,
    reference: reference ?? noReference,
    model: given => {
      const engine = beside[given]
      if (engine !== undefined) return engine
      const names = Object.keys(beside).join(', ') || 'none'
      throw new ConfigError(
        `${name} asks for the model '${given}', which it does not say that it has beside the policy; it says ${names}`,
      )
    },
    recall: recall ?? noRecall,
    render: question => (prompt === null ? question : promptText(question, prompt)),
    ask: chat?.ask ?? noChat,
    mayAsk: chat?.ask ?? null,
    askOf: askOf ?? noAskOf,
    run: inSandbox,
    ...{ policy: sampler.engine, sampler, maxTokens: sampler.maxTokens },
  }
}

/** Runs code that a model wrote, and reads the values of what is asked behind it. */
const inSandbox: Needs['run'] = async (code, asks, signal) => {
  const ran = await runCode({ language: 'javascript', code, asks }, signal)
  if (ran.ended !== 'value') return ran.message
  return 'values' in ran
    ? ran.values.map(one => (typeof one === 'string' ? JSON.parse(one) : one))
    : []
}
