// The one place that knows which engines there are. Whoever needs one says what it is as plain data, and asks it for its
// abilities.

import type { Engine } from './engine.ts'
import type { ModelConfig } from './hf/config.ts'
import type { ModelOptions } from './onnx/model.ts'
import {
  type Adapting,
  type Growing,
  openFreshEngine,
  openOnnxEngine,
  openWithNewHead,
} from './onnx/open.ts'
import { type OpenTinkerOptions, openTinkerEngine } from './tinker/open.ts'

/** The model of a folder or a GGUF file, here; with an adapter only that learns. */
export interface OnnxSpec extends Partial<ModelOptions>, Adapting {
  readonly kind: 'onnx'
  readonly folder: string
}

/** A classifier of tokens whose trunk is a folder's and whose head is new, here. */
export interface NewHeadSpec extends Partial<ModelOptions>, Growing {
  readonly kind: 'onnx-new-head'
  readonly folder: string
}

/** A model with fresh weights of a shape, drawn from `seed`, here. */
export interface FreshSpec extends Partial<ModelOptions> {
  readonly kind: 'onnx-fresh'
  readonly config: ModelConfig
  readonly seed?: number // default 0
}

/** A model of a server that speaks the Tinker protocol; an adapter of it learns. */
export interface TinkerSpec extends Omit<OpenTinkerOptions, 'signal' | 'say'> {
  readonly kind: 'tinker'
  readonly saved?: string // a folder that says which state of it the server is to go on from; default a fresh adapter
}

/** How an engine is opened. */
export interface Opening {
  readonly signal?: AbortSignal | undefined
  /** Told what a user should know of a server: that it is waited for, and what was made good. */
  readonly say?: ((line: string) => void) | undefined
}

/** What names an engine, as plain data. */
export type EngineSpec = OnnxSpec | NewHeadSpec | FreshSpec | TinkerSpec

/**
 * Opens the engine that a spec names. Throws ConfigError for a spec that contradicts itself, DataError for a folder that is
 * damaged or does not fit, EngineError for an architecture that is not known.
 */
export async function openEngine(spec: EngineSpec, opening: Opening = {}): Promise<Engine> {
  switch (spec.kind) {
    case 'onnx': {
      const { kind: _, folder, ...options } = spec
      return openOnnxEngine(folder, options)
    }
    case 'onnx-new-head': {
      const { kind: _, folder, ...options } = spec
      return openWithNewHead(folder, options)
    }
    case 'onnx-fresh': {
      const { kind: _, config, ...options } = spec
      return openFreshEngine(config, options)
    }
    case 'tinker': {
      const { kind: _, saved, ...options } = spec
      return restored(await openTinkerEngine({ ...options, ...opening }), saved)
    }
  }
}

async function restored(engine: Engine, saved: string | undefined): Promise<Engine> {
  if (saved === undefined) return engine
  try {
    await engine.restore(saved)
    return engine
  } catch (error) {
    await engine.close()
    throw error
  }
}
