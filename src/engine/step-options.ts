import type { Engine, StepOptions } from './engine.ts'

/** The settings of a step on an engine: clipped as ever, where it clips; else the gradient is taken as it is. */
export function stepOptions(
  { abilities }: Pick<Engine, 'abilities'>,
  settings: Omit<StepOptions, 'clipNorm'>,
): StepOptions {
  return abilities.clipNorm ? settings : { ...settings, clipNorm: null }
}
