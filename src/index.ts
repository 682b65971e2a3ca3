// What a program that imports minform may use.

export { openFakeEngine } from './engine/fake.ts'
export * from './errors.ts'
export * from './random.ts'
export { method, type Recipe, recipe } from './recipe.ts'
export { recipes } from './recipes/index.ts'
export { type LogLine, type RunReader, readRun } from './runs/reader.ts'
export {
  type ComputedGroup,
  type RolloutRow,
  rolloutRows,
  type StoredRollout,
} from './runs/rollout-table.ts'
export {
  createRun,
  type LogLevel,
  type MetricsLine,
  type RunWriter,
  resumeRun,
} from './runs/writer.ts'
export * from './stages.ts'
export { loadTokenizer } from './tokenizer/tokenizer.ts'
export type * from './types.ts'
