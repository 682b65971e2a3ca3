// What a training of a reward model is asked for, in a few nouns, and all that it is once the defaults are filled in.

import type { Device, SaveOptions } from '../engine/engine.ts'
import { prmMethodOf } from '../prm/train/methods/index.ts'
import type { PrmMethod, View } from '../prm/train/methods/method.ts'
import type { PrmSource } from './prm-data.ts'
import type { ModelPlan } from './prm-models.ts'
import type { PromptWish } from './prompting.ts'
import type { ChatSpec } from './request/chat.ts'

/** What labels say, and of which tokens and solutions they are learned. */
export interface PrmLabels {
  readonly mode: View['rule']['mode'] // default null: as the labels' meaning has it
  readonly threshold: number // a label below it says wrong; default 0.5
  readonly inside: boolean // whether tokens inside steps are labelled too; default of a task, where the method can
  readonly long: View['long'] // default 'leave-out'
}

/** How the model begins. */
export interface PrmStart extends Pick<ModelPlan, 'convention' | 'newLayers'> {
  readonly lora: NonNullable<ModelPlan['lora']> | null // default null: every weight learns
  readonly baseType: NonNullable<ModelPlan['baseType']> // of what lies beneath an adapter; default float32
}

/** The updates: on replaced tokens, of the head alone, of all. */
export interface PrmCourse {
  readonly updates: number // all of them; default 1600
  readonly batch: number // default 64
  readonly learningRate: number // default the method's
  readonly weightDecay: number // default 0.1
  readonly headUpdates: number | null // default null: a tenth, at most 50, where the head is new
  readonly headRate: number // default 1e-3
  /** The first updates, on replaced tokens; null: a quarter, where the head is new. Default 0, of a task null. */
  readonly replacedUpdates: number | null
  readonly replacedShare: number // of the tokens with a digit; default 0.15
}

/** What is looked at and kept on the way, and how the model is saved. */
export interface PrmKeeping {
  readonly validateEvery: number // updates; 0: at the end alone; default a tenth of them
  readonly checkpointEvery: number // updates; default 0: only when it is interrupted
  readonly threshold: number | null // of scores; default null: the method's own, or the best on validation data
  readonly dtype: NonNullable<SaveOptions['dtype']> // default float32
}

/** A chat model behind an endpoint. */
export type PrmChat = ChatSpec & { kind: 'server' }

/** A training of a reward model; what is left out has a default. */
export interface PrmRequest {
  readonly model: string // folder to start from
  readonly out: string // folder of the trained model; holds none yet
  readonly source: PrmSource
  readonly method?: PrmMethod // default cross-entropy
  readonly overrides?: Readonly<Record<string, string>> // of the method's options
  readonly labels?: Partial<PrmLabels>
  readonly start?: Partial<PrmStart>
  readonly course?: Partial<PrmCourse>
  readonly keeping?: Partial<PrmKeeping>
  readonly wish?: PromptWish // how questions are asked; default nothing is said of it
  readonly chat?: PrmChat | null // the chat model that the method may ask; default null
  readonly folder?: string // of the run: metrics and checkpoints; default `${out}-training`
  readonly seed?: number // default 1
  readonly device?: Device // default 'cpu'
  readonly threads?: number // default 2
  readonly versions?: Readonly<Record<string, string>> // stored with the run
}

/** All that a training is. */
export interface PrmSettings
  extends Omit<ModelPlan, 'options' | 'lora' | 'baseType'>,
    PrmStart,
    PrmCourse,
    PrmKeeping,
    Pick<PrmLabels, 'inside' | 'long'> {
  readonly overrides: Readonly<Record<string, string>>
  readonly source: PrmSource
  readonly wish?: PromptWish
  readonly chat: PrmChat | null
  readonly out: string
  readonly folder: string
  readonly rule: View['rule']
  readonly versions: Readonly<Record<string, string>>
}

/** A request with its defaults. */
export function prmSettings(request: PrmRequest): PrmSettings {
  const { model, out, source, method = prmMethodOf('cross-entropy'), wish } = request
  const { labels = {}, start = {}, course = {}, keeping = {} } = request
  const ofTask = source.kind === 'task'
  const { mode = null, threshold = 0.5 } = labels
  const { updates = 1600 } = course
  return {
    ...{ method, model, out, source, ...(wish && { wish }), chat: request.chat ?? null },
    overrides: request.overrides ?? {},
    folder: request.folder ?? `${out.replace(/\/+$/, '')}-training`,
    rule: { mode, threshold },
    inside: labels.inside ?? (ofTask && method.insideTargets > 0),
    long: labels.long ?? 'leave-out',
    ...{
      convention: null,
      newLayers: ofTask ? null : 0,
      lora: null,
      baseType: 'float32',
      ...start,
    },
    ...{ batch: 64, learningRate: method.learningRate, weightDecay: 0.1, updates },
    ...{ headUpdates: null, headRate: 1e-3 },
    ...{ replacedUpdates: ofTask ? null : 0, replacedShare: 0.15, ...course },
    ...{ validateEvery: Math.ceil(updates / 10), checkpointEvery: 0 },
    ...{ threshold: null, dtype: 'float32', ...keeping },
    ...{ seed: request.seed ?? 1, device: request.device ?? 'cpu', threads: request.threads ?? 2 },
    versions: request.versions ?? {},
  }
}
