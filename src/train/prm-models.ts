// The models that a reward model's training opens: the one that learns, its reference where the loss needs one, and how
// the two are asked.

import type { Device, Engine } from '../engine/engine.ts'
import type { ModelConfig } from '../engine/hf/config.ts'
import { readConfig } from '../engine/hf/config-file.ts'
import type { BaseType } from '../engine/hf/packed.ts'
import { openEngine } from '../engine/open.ts'
import { ConfigError, DataError } from '../errors.ts'
import { minformLayout, type PrmLayout, parseLayout, readLayout } from '../prm/layout.ts'
import type { Tokens } from '../prm/reading.ts'
import { conventionOf } from '../prm/score/conventions.ts'
import { critiqueScorer } from '../prm/score/critiques.ts'
import { headScorer } from '../prm/score/head.ts'
import { implicitScorer } from '../prm/score/implicit.ts'
import { labelTokenScorer } from '../prm/score/label-token.ts'
import { tokensOf } from '../prm/score/open.ts'
import type { StepScorer } from '../prm/score/step-scorer.ts'
import type { PrmMethod, View } from '../prm/train/methods/method.ts'
import type { Values } from '../recipe.ts'
import type { Settings } from './request/request.ts'

/** What is opened, and where. */
export interface ModelPlan {
  readonly model: string // folder
  readonly method: PrmMethod
  readonly options: Values
  readonly convention: string | null // null: the folder's own layout, or minform's
  readonly newLayers: number | null // below a new head; null: two, and none where the head is not new
  readonly seed: number
  readonly lora?: Settings['lora'] // default null: every weight learns
  readonly baseType?: BaseType // of what lies beneath the adapter; default float32
  readonly device: Device
  readonly threads: number
}

/** One to compare a token with what the trunk expected in its place, one to carry what was found to the end of the step. */
const usualLayers = 2

export interface PrmModels {
  readonly model: Engine
  readonly reference: Engine | null
  readonly freshHead: boolean
  readonly tokens: Tokens
  readonly layout: PrmLayout
  close(): Promise<void>
}

/** Opens what a plan names. A folder that the method cannot train is a ConfigError. */
export async function openPrmModels(plan: ModelPlan): Promise<PrmModels> {
  const { method, options, convention } = plan
  const place = { device: plan.device, threads: plan.threads }
  const config = await readConfig(plan.model)
  const freshHead = needsHead(plan, config)
  const base =
    convention === null
      ? ((await readLayout(plan.model)) ?? minformLayout)
      : conventionOf(convention)
  const layout = possible(plan, method.layout(base, options))
  const { seed } = plan
  const newLayers = plan.newLayers ?? usualLayers
  const { lora = null, baseType = 'float32' } = plan
  const learned = lora === null ? place : { ...place, lora, base: baseType }
  const folder = plan.model
  const head = { classes: method.outputs, newLayers, seed }
  const model = await (freshHead
    ? openEngine({ kind: 'onnx-new-head', folder, ...head, ...learned })
    : openEngine({ kind: 'onnx', folder, ...learned }))
  const reference = method.needsReference
    ? await openEngine({ kind: 'onnx', folder, ...place })
    : null
  return {
    model,
    reference,
    freshHead,
    tokens: await tokensOf(plan.model, config),
    layout,
    close: async () => {
      await Promise.all([model.close(), reference?.close()])
    },
  }
}

/** Whether the model gets a new head; a ConfigError where it has one that does not fit. */
function needsHead(
  { model, method: { name, outputs }, newLayers }: ModelPlan,
  { head, classes }: ModelConfig,
): boolean {
  const language = head === 'language-model'
  if (outputs === 0 && !language)
    throw new ConfigError(
      `--loss ${name} trains a language model; ${model} has a classification head`,
    )
  if (outputs > 0 && !language && classes !== outputs)
    throw new ConfigError(
      `--loss ${name} trains a head of ${outputs} outputs; that of ${model} has ${classes}`,
    )
  const fresh = outputs > 0 && language
  if (newLayers !== null && newLayers > 0 && !fresh)
    throw new ConfigError('--new-layers goes with a new head, which this model does not get')
  return fresh
}

/** The layout; a ConfigError where it contradicts itself, as turns that labels answer do with a head's score. */
function possible({ method }: ModelPlan, layout: PrmLayout): PrmLayout {
  try {
    return parseLayout(layout, `--convention ${layout.convention}`)
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    throw new ConfigError(`--loss ${method.name} cannot train it: ${error.message}`, {
      cause: error,
    })
  }
}

/** What scores steps by the model as it is now. It is not to be closed: its models are not its own. */
export function scorerNow(
  { model, reference, tokens, layout }: PrmModels,
  long: View['long'],
): StepScorer {
  const asked = { engine: model, tokens }
  const options = { long: long === 'windows' ? 'windows' : 'refuse' } as const
  const { head } = layout.score
  if (head === 'classes') return headScorer(asked, layout, options)
  if (head === 'labels') return labelTokenScorer(asked, layout, options)
  if (head === 'critiques') return critiqueScorer(asked, layout, options)
  return implicitScorer(asked, reference!, layout, options)
}
