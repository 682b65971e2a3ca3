import { ConfigError } from '../../errors.ts'
import type { PreparationWish } from '../../train/plan.ts'
import { type Flags, type Given, kebab, wholeFlag } from '../flags.ts'
import { group } from './group.ts'

/** Of models that are made first. */
export const preparationArgs = {
  warmUpdates: {
    type: 'string',
    valueHint: 'count',
    description:
      'of the policy on worked solutions, at most; default 700 of a task, of a file 500 or 30 times its solutions',
  },
  judgeUpdates: {
    type: 'string',
    valueHint: 'count',
    description:
      'of its judge, at most; default 2 rounds of 1600 of a task, of a file 1500 or 30 times its solutions',
  },
  prepareBatch: {
    type: 'string',
    valueHint: 'count',
    description: 'solutions of one of these updates; default 64, of a file 32',
  },
} as const satisfies Flags

/** How long models that are made first learn. */
export const preparationFlags = group({
  title: 'preparation (--from-scratch)',
  args: preparationArgs,
  read: args => {
    const given = Object.keys(preparationArgs).find(name => args[name] !== undefined)
    if (given !== undefined && args.fromScratch !== true)
      throw new ConfigError(`--${kebab(given)} goes with --from-scratch, which makes both models`)
    const { warmUpdates, judgeUpdates, batch } = preparationWish(args)
    return { warmUpdates, judgeUpdates, prepareBatch: batch }
  },
  told: ({ warmUpdates, judgeUpdates, prepareBatch }) => ({
    warmUpdates: textOf(warmUpdates),
    judgeUpdates: textOf(judgeUpdates),
    prepareBatch: textOf(prepareBatch),
  }),
})

/** What the flags ask of a preparation. */
export function preparationWish(args: Given): PreparationWish {
  const orNull = (name: string): number | null =>
    args[name] === undefined ? null : wholeFlag(args, name, 1)
  return {
    warmUpdates: orNull('warmUpdates'),
    judgeUpdates: orNull('judgeUpdates'),
    batch: orNull('prepareBatch'),
  }
}

function textOf(value: number | null): string | null {
  return value === null ? null : String(value)
}
