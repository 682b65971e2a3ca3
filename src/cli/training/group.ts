import type { Recipe } from '../../recipe.ts'
import type { Settings } from '../../train/request/request.ts'
import type { Flags, Given } from '../flags.ts'
import type { Section } from '../usage.ts'

/** Settings in the words of flags; null where there was no such flag. */
export type Told = Readonly<Record<string, string | null>>

/** Flags of one topic, a part of --help: settings that they ask for, and the flags that settings came from. */
export interface FlagGroup<S extends Partial<Settings> = Partial<Settings>> extends Section {
  readonly args: Flags
  /** A value that cannot be used, or flags that contradict each other, are a ConfigError. */
  readonly read: (args: Given, recipe: Recipe) => S
  readonly told: (settings: Settings) => Told
  /** Flags that a run may be given anew when it is continued; default none. */
  readonly renewed?: readonly string[]
}

/** Checks a group against its own settings, then forgets their types, so that groups fit in one table. */
export function group<S extends Partial<Settings>>(group: FlagGroup<S>): FlagGroup<S> {
  return group
}
