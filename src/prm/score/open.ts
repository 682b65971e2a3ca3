// One way to a scorer of steps, whatever is behind it: what scoring, evaluation, the canaries and training ask.

import { resolve } from 'node:path'
import type { ModelConfig } from '../../engine/hf/config.ts'
import { readConfig } from '../../engine/hf/config-file.ts'
import { type ModelShape, readShape } from '../../engine/hf/shape.ts'
import { ConfigError, DataError, EngineError } from '../../errors.ts'
import { keyOf } from '../../http/key.ts'
import { modelSource } from '../../model-source/model-source.ts'
import { formulaFor, stepFormulas } from '../../rewards/step-formulas.ts'
import { loadChatTemplate } from '../../tokenizer/chat-template.ts'
import { loadTokenizer, sameVocabulary } from '../../tokenizer/load.ts'
import type { Tokenizer } from '../../tokenizer/tokenizer.ts'
import { openTask, requireParts } from '../../user/task.ts'
import { type PrmLayout, readLayout } from '../layout.ts'
import type { Tokens } from '../reading.ts'
import { conventionOf, conventions } from './conventions.ts'
import { critiqueScorer } from './critiques.ts'
import { headScorer } from './head.ts'
import { implicitScorer } from './implicit.ts'
import { judgeScorer } from './judge.ts'
import { labelTokenScorer } from './label-token.ts'
import { type FoundModel, type OpenAsked, openAsked } from './open-asked.ts'
import { oracleScorer } from './oracle.ts'
import type { ModelSpec, ScorerSpec } from './spec.ts'
import type { StepScorer } from './step-scorer.ts'
import type { Asked } from './windows.ts'

/**
 * Opens the scorer that a spec names. Throws ConfigError where a model does not say how it is asked, DataError or
 * EngineError where it cannot be opened or reads something else than it is asked for. `say` is told what a user should
 * know of a server.
 */
export async function openScorer(
  spec: ScorerSpec,
  say: (line: string) => void = () => {},
): Promise<StepScorer> {
  if (spec.kind === 'model') return openModelScorer(spec, say)
  const { threshold, aggregation } = spec
  const scorer =
    spec.kind === 'oracle'
      ? oracleScorer(await oracleOf(spec.task), spec)
      : judgeScorer({ ...spec, apiKey: keyOf(spec.apiKeyEnv, '--api-key-env') }, spec)
  return {
    ...scorer,
    threshold: threshold ?? scorer.threshold,
    aggregation: aggregation ?? scorer.aggregation,
  }
}

/** The task of a name or a file, which must have an oracle. */
async function oracleOf(name: string) {
  const { task } = await openTask(name)
  return requireParts(task, ['oracle'], '--oracle')
}

async function openModelScorer(spec: ModelSpec, say: (line: string) => void): Promise<StepScorer> {
  const { folder, long, separators } = spec
  const found = await askedOf(spec) // what cannot be asked is known before weights are read
  const { layout, tokens } = found
  const options = { name: folder, long, separators }
  const { engine, reference, close } = await openAsked(spec, found, say)
  try {
    const model = { engine, tokens }
    if (layout.score.head === 'classes') return headScorer(model, layout, options)
    if (layout.score.head === 'labels') return labelTokenScorer(model, layout, options)
    if (layout.score.head === 'critiques')
      return critiqueScorer({ engine: sampling(engine, folder), tokens }, layout, options)
    return implicitScorer(model, reference!, layout, options)
  } catch (error) {
    await close()
    throw error
  }
}

/** The model, where it is one that samples; a ConfigError of a server, which is asked for scores alone. */
function sampling(engine: OpenAsked['engine'], folder: string) {
  if ('sample' in engine) return engine as typeof engine & Asked<'sample' | 'score'>
  throw new ConfigError(
    `${folder} writes critiques: open it here, or ask its server by --judge ADDRESS --style each-step`,
  )
}

/** What is known of a model before it is opened, here or elsewhere. */
type Known = 'head' | 'classes' | 'headHidden' | 'vocabSize'

/** How a model is asked, its tokens, and the folder of its reference. Throws where it does not say, or cannot be asked so. */
export async function askedOf(spec: ModelSpec): Promise<FoundModel> {
  const { folder } = spec
  const shapeOf = spec.served === undefined ? readConfig : readShape
  const config: Pick<ModelShape, Known> = await shapeOf(folder)
  const tokens = await tokensOf(await tokenizerOf(spec), config)
  const found = await layoutOf(spec, config, tokens.tokenizer)
  const { score, convention } = found
  if (score.head === 'classes') formulaFor(score.formula, config)
  else if (config.head !== 'language-model')
    throw new EngineError(
      `the layout ${convention} reads ${score.head} of a language model; ${folder} is a ${config.head}`,
    )
  const stored = score.head === 'ratio' ? score.reference : undefined
  const reference = spec.reference ?? (stored && resolve(folder, stored)) ?? null
  if ((score.head === 'ratio') !== (reference !== null))
    throw new ConfigError(
      score.head === 'ratio'
        ? `${folder} is scored against a reference model; name its folder with --prm-reference`
        : `${folder} is scored alone; --prm-reference goes with a ratio of two models`,
    )
  if (reference !== null) {
    const { tokenizer } = await tokensOf(reference, await shapeOf(reference))
    if (!sameVocabulary(tokens.tokenizer, tokenizer))
      throw new ConfigError(
        `${reference} has another tokenizer than ${folder}, whose reference it is; both read the same ids`,
      )
  }
  const { threshold = found.threshold, aggregation = found.aggregation } = spec
  return { layout: { ...found, threshold, aggregation }, tokens, reference }
}

async function tokenizerOf({ folder, tokenizer = folder }: ModelSpec): Promise<string> {
  const names = await (await modelSource(folder)).names()
  return names.includes('tokenizer.json') ? folder : tokenizer
}

/** By the convention that is named, as config.json says, or as the architecture alone does. */
async function layoutOf(
  { folder, convention }: ModelSpec,
  { classes, headHidden }: Pick<ModelShape, Known>,
  tokenizer: Tokenizer,
): Promise<PrmLayout> {
  if (convention !== undefined) return conventionOf(convention)
  const own = await readLayout(folder)
  if (own !== null) return own
  // no other published head has a hidden layer, and no other model of that architecture this token
  if (headHidden && classes === 2 && tokenizer.encode('<extra_0>').length === 1)
    return conventionOf('qwen-math-prm')
  const fitting = [...conventions.values()].filter(
    ({ score }) => (score.head === 'classes' ? stepFormulas[score.formula].classes : 0) === classes,
  )
  throw new ConfigError(
    `${folder}: its config.json does not say how it is asked for scores; name a convention with --convention: ` +
      fitting.map(layout => layout.convention).join(', '),
  )
}

/** What laying out texts for a model needs. That there is no chat template is said when one is asked for. */
export async function tokensOf(
  path: string,
  { vocabSize }: Pick<ModelConfig, 'vocabSize'>,
): Promise<Tokens> {
  const tokenizer = await loadTokenizer(path, vocabSize)
  const template = await loadChatTemplate(path).catch((error: DataError) => error)
  return {
    tokenizer,
    bosId: tokenizer.bosId,
    chat: () => {
      if (template instanceof DataError) throw template
      return template
    },
  }
}
