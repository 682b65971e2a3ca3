// What a study is: runs on equal terms, models that they start from, and a document that is computed from what they left behind.

import type { ComparisonSummary } from '../../src/compare/summary.ts'

/** Variants of recipes that share their terms: every one with every seed. */
export interface Part {
  readonly variants: readonly string[] // as `minform compare` takes them
  readonly iterations: number
  readonly evalEvery: number
  readonly reference: string // to whose final accuracy the others are timed
  readonly flags?: Readonly<Record<string, string>> // of `minform compare`, beside those of the study
  readonly made?: Readonly<Partial<Record<'model' | 'prm', string>>> // models that are made first, by their folders
}

/** What makes a folder that runs start from; each command may be given again after a kill. */
export interface Making {
  readonly folder: string // below that of the runs; parts name what lies in it
  readonly after?: string // the folder of what must be made before
  readonly make: (to: string, minform: Minform) => Promise<unknown>
}

/** Does one command line and gives what it prints. */
export type Minform = (...args: readonly string[]) => Promise<string>

/** What the runs of a study left behind, by the folders of its parts. */
export interface Found {
  readonly parts: Readonly<Record<string, ComparisonSummary>> // without those whose models are not made
  readonly machine: string // on what the document is written
  readonly out: string // folder of the runs
}

/** A document and the pictures beside it, by file name. */
export interface Document {
  readonly text: string
  readonly pictures: Readonly<Record<string, string>>
}

/** One study: `npm run results -- NAME`. */
export interface Study {
  readonly name: string
  readonly about: string
  readonly file: string // of the document
  readonly out: string // folder of its runs below runs/
  readonly seeds: number
  readonly parts: Readonly<Record<string, Part>> // by their folders below that of the runs; '.' is that folder itself
  readonly makings?: readonly Making[]
  readonly evaluates?: number // samples of each held-out problem after a run, and before all of them; default none
  readonly document: (found: Found) => Document
}
