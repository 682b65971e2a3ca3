// The models of a run: given, or made first; opened before anything is written, and closed when it ends.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine, Spent } from '../engine/engine.ts'
import { type EngineSpec, openEngine, type Opening as Told } from '../engine/open.ts'
import { ConfigError } from '../errors.ts'
import { findModel } from '../hub/find-model.ts'
import { hashSeed } from '../numbers/random.ts'
import type { ScorerSpec } from '../prm/score/spec.ts'
import { boundaryOf } from '../rollouts/boundary.ts'
import { type LoadedTokenizer, loadTokenizer } from '../tokenizer/load.ts'
import type { Corpus } from './corpus.ts'
import { isRemote, policySpec } from './engine.ts'
import { openJudge, type RunJudge } from './judge.ts'
import { type Find, scorerNamed } from './named-models.ts'
import { planFor, type StageReport } from './plan.ts'
import { begunPreparation, type PrepareOptions, prepare, prepared } from './prepare.ts'
import type { WholeRequest } from './request/request.ts'

interface PolicyTokens {
  readonly folder: string
  readonly tokenizer: LoadedTokenizer
}

/** The models that a run starts from. */
export interface Models extends PolicyTokens {
  readonly policy: Engine
  readonly judge: RunJudge | null
}

/** Opens models, all of which `close` closes. */
export interface Opening {
  /** The policy that learns, of the engine that the request names, with an adapter where it asks for one. */
  readonly policy: (folder: string) => Promise<Engine>
  /** A classifier that learns, with a new head. */
  readonly classifier: (folder: string, classes: number) => Promise<Engine>
  /** A model that stays as it is. */
  readonly frozen: (folder: string) => Promise<Engine>
  readonly ask: (spec: ScorerSpec, policy: PolicyTokens) => Promise<RunJudge>
  /** What the policy's server was asked for so far; null where there is none. */
  spent(): Spent | null
  close(): Promise<void>
}

/** How the models of a run are opened, where and with what seed it says. */
export function opening(
  request: Pick<
    WholeRequest,
    'engine' | 'device' | 'threads' | 'seed' | 'lora' | 'baseType' | 'steps'
  >,
  told: Told = {},
): Opening {
  const { device, threads, seed, lora, baseType } = request
  const engines: { close(): Promise<void>; spent?(): Spent }[] = []
  const open = async (spec: EngineSpec): Promise<Engine> => {
    const engine = await openEngine(spec, told)
    engines.push(engine)
    return engine
  }
  return {
    policy: folder => open(policySpec(request, folder)),
    classifier: (folder, classes) => {
      const adapter = lora !== null && { base: baseType, lora }
      const head = { classes, seed: hashSeed(seed, 'new head'), ...adapter }
      return open({ kind: 'onnx-new-head', folder, device, threads, ...head })
    },
    frozen: folder => open({ kind: 'onnx', folder, device, threads }),
    ask: async (spec, policy) => {
      const judge = await openJudge(spec, policy, told.say, boundaryOf(request.steps))
      engines.push(judge.scorer)
      return judge
    },
    spent: () => engines.find(engine => engine.spent !== undefined)?.spent?.() ?? null,
    close: async () => {
      for (const engine of engines) await engine.close()
    },
  }
}

/** The models that the request names; null where they are to be made. */
export async function givenModels(request: WholeRequest, opening: Opening): Promise<Models | null> {
  const { model } = request
  const weights = !isRemote(request)
  return model === null ? null : await openModels(model, specOf(request), opening, weights)
}

/** Models made for a run, into its folder; what an earlier process of the run made is used, and gone on with. */
export async function makeModels(
  request: WholeRequest,
  corpus: Corpus,
  report: StageReport,
  opening: Opening,
  options: Pick<PrepareOptions, 'signal' | 'log' | 'foretell'>,
): Promise<Models> {
  const { recipe, folder, seed, maxTokens, device, threads } = request
  const { warmUpdates, judgeUpdates, prepareBatch: batch } = request
  const preset = planFor(corpus, { warmUpdates, judgeUpdates, batch })
  const plan = { ...preset, seed, maxTokens, device, threads }
  const place = join(folder, 'prepared')
  const there = prepared(place)
  const resume = begunPreparation(place)
  if (there === null && !resume) rmSync(place, { recursive: true, force: true }) // killed as it began
  const made = there ?? (await prepare(corpus, place, plan, report, { ...options, resume }))
  const judged = recipe.needs.includes('prm')
  const own = { kind: 'model', folder: made.prm, convention: 'minform', device, threads } as const
  return openModels(made.base, judged ? (request.scorer ?? own) : null, opening, true)
}

/** What names the judge of a run; null where there is none. */
function specOf({ scorer, prm, device, threads }: WholeRequest): ScorerSpec | null {
  if (scorer !== null) return scorer
  return prm === null ? null : { kind: 'model', folder: prm, device, threads }
}

async function openModels(
  named: string,
  spec: ScorerSpec | null,
  opening: Opening,
  weights: boolean, // whether those of the policy have to be here
): Promise<Models> {
  const find: Find = async (named, weights) => (await findModel(named, { weights })).path
  const folder = await find(named, weights)
  const policy = await opening.policy(folder)
  if (policy.info.head !== 'language-model') {
    throw new ConfigError(`${named} is a token classifier; a policy is a language model`)
  }
  const tokenizer = await loadTokenizer(folder, policy.info.vocabSize)
  const asked = spec === null ? null : await scorerNamed(spec, find)
  const judge = asked === null ? null : await opening.ask(asked, { folder, tokenizer })
  return { folder, policy, tokenizer, judge }
}
