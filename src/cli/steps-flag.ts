import { blankLines, boundaryOf } from '../rollouts/boundary.ts'
import { type Flags, type Given, textFlag } from './flags.ts'

/** What closes a step of what is sampled. */
export const stepsArgs = {
  steps: {
    type: 'string',
    valueHint: 'text',
    description:
      'what closes a step: blank-line, line, or a text such as </think>; default blank-line',
  },
} as const satisfies Flags

/** The name of the boundary that is asked for. Throws ConfigError for none. */
export function stepsFlag(args: Given): string {
  return boundaryOf(textFlag(args, 'steps') ?? blankLines.name).name
}
