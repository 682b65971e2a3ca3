/** What a question may take. */
export interface Bounds {
  readonly seconds: number // of the database; a reader that is slow does not count
  readonly memory: number // bytes
}

/** What a question may take where nothing else is said. */
export const usualBounds: Bounds = { seconds: 60, memory: 2 ** 30 }
