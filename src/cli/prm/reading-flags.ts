// Flags of every command that reads labelled solutions.

import { afterErrors } from '../../prm/formats/checked.ts'
import { humanMeanings, neutralMeanings, sharings } from '../../prm/formats/format.ts'
import { type FormatName, formatNames } from '../../prm/formats/index.ts'
import type { ReadOptions } from '../../prm/formats/read.ts'
import { type Flags, repeatedFlag } from '../flags.ts'
import type { Section } from '../usage.ts'

export const readingArgs = {
  format: {
    type: 'enum',
    options: [...formatNames],
    description: 'of the file, where its rows do not say it',
  },
  neutral: {
    type: 'enum',
    options: [...neutralMeanings],
    description: "what PRM800K's neutral rating is; there is no default",
  },
  human: {
    type: 'enum',
    options: [...humanMeanings],
    description: 'what a step of PRM800K is that a labeller wrote; default unknown',
  },
  alternatives: {
    type: 'boolean',
    description: 'of PRM800K, also the completions that were not chosen',
  },
  shared: {
    type: 'enum',
    options: [...sharings],
    description: 'where the label of a step stands that solutions of MATH-APS share; default every',
  },
  afterError: {
    type: 'enum',
    options: [...afterErrors],
    description: 'labels after the first wrong step; default keep',
  },
  emptySteps: { type: 'boolean', description: 'let steps be empty' },
  forbidden: {
    type: 'string',
    valueHint: 'text',
    description: String.raw`a text that no step may hold, such as '\n\n'; may be given several times`,
  },
  skipBad: { type: 'boolean', description: 'leave out and count rows that cannot be read' },
} as const satisfies Flags

/** Their part of --help. */
export const readingSection = { title: 'formats', args: readingArgs } as const satisfies Section

/** What they ask of reading, but for `skipBad`. */
export function readingOptions(
  args: Readonly<Record<string, unknown>>,
  rawArgs: readonly string[],
): Omit<ReadOptions, 'onBad'> {
  const among = <T extends string>(name: string, options: readonly T[]): { [k: string]: T } => {
    const found = options.find(option => option === args[name])
    return found === undefined ? {} : { [name]: found }
  }
  const separators = repeatedFlag('--forbidden', rawArgs).map(text =>
    text.replaceAll('\\n', '\n').replaceAll('\\t', '\t'),
  )
  return {
    ...among<FormatName>('format', formatNames),
    ...among('neutral', neutralMeanings),
    ...among('human', humanMeanings),
    ...among('shared', sharings),
    ...among('afterError', afterErrors),
    ...(args.alternatives === true ? { alternatives: true } : {}),
    ...(args.emptySteps === true ? { emptySteps: true } : {}),
    ...(separators.length > 0 ? { separators } : {}),
  }
}
