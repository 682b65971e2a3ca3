import type { MetricsLine } from '../runs/writer.ts'
import type { Json } from '../types.ts'

/** A run as a logger is told of it. */
export interface LoggedRun {
  readonly name: string
  readonly folder: string
  readonly config: Json // as config.json has it, which holds no secret
}

/** How a run ended. */
export type Ended = 'done' | 'stopped' | 'failed'

/** Somewhere that metrics go too. What it throws is told once, and never ends a run. */
export interface Logger {
  /** Lines in the order of their iterations, after those that are there. */
  write(lines: readonly MetricsLine[], signal: AbortSignal): Promise<void>
  /** A run went back: what is past these lines is void, and comes again. */
  rewind(kept: readonly MetricsLine[], signal: AbortSignal): Promise<void>
  end(ended: Ended, signal: AbortSignal): Promise<void>
}

/** A logger by the name that it is told by. */
export interface LoggerKind {
  readonly shown: string // without secrets
  /** Goes on where it left off, or begins: either way it then has these lines and no others. */
  open(run: LoggedRun, lines: readonly MetricsLine[], signal: AbortSignal): Promise<Logger>
}
