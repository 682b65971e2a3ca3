import { ConfigError } from '../../errors.ts'
import { type PatternName, patternNames } from '../../rewards/patterns.ts'
import { type AlarmPolicy, alarmPolicies } from '../../train/alarms.ts'
import { type CheckPolicy, checkPolicies } from '../../train/request/judge.ts'
import { didYouMean, textFlag, wholeFlag } from '../flags.ts'
import { group } from './group.ts'

/** What keeps a run safe: from answers that collect reward without solving anything, and from being lost. */
export const guardFlags = group({
  title: 'guards',
  args: {
    judgeCheck: {
      type: 'enum',
      options: [...checkPolicies],
      description:
        'whether the judge tells right from wrong, tried first: on refuses one that does not, warn goes on, off does not ask; default on',
    },
    audit: {
      type: 'enum',
      options: [...checkPolicies],
      description:
        'canaries, known hacks that the judge is tried on first: on refuses one that rewards them, warn goes on, off makes none; default on',
    },
    gate: {
      type: 'string',
      valueHint: 'list',
      description: `patterns that get a bad reward, comma between them: ${patternNames.join(', ')}, or all; default those of the recipe`,
    },
    onAlarm: {
      type: 'enum',
      options: [...alarmPolicies],
      description: 'when answers collect reward unsolved: warn, pause or rollback; default warn',
    },
    checkpointEvery: {
      type: 'string',
      valueHint: 'count',
      description: 'iterations; default as often as takes little time',
    },
  },
  read: args => ({
    gates: gatesOf(textFlag(args, 'gate')),
    onAlarm: (args.onAlarm as AlarmPolicy | undefined) ?? 'warn',
    judgeCheck: (args.judgeCheck as CheckPolicy | undefined) ?? 'on',
    audit: (args.audit as CheckPolicy | undefined) ?? 'on',
    checkpointEvery:
      args.checkpointEvery === undefined ? null : wholeFlag(args, 'checkpointEvery', 1),
  }),
  told: ({ gates, judgeCheck, audit, onAlarm, checkpointEvery }) => ({
    judgeCheck,
    audit,
    gate: gates.join(','),
    onAlarm,
    checkpointEvery: checkpointEvery === null ? null : String(checkpointEvery),
  }),
  renewed: ['judgeCheck', 'audit', 'onAlarm', 'checkpointEvery'],
})

function gatesOf(text: string | null): readonly PatternName[] {
  if (text === null || text === '') return []
  if (text === 'all') return patternNames
  const asked = text.split(',').map(name => name.trim())
  const wrong = asked.find(name => !patternNames.some(known => known === name))
  if (wrong !== undefined)
    throw new ConfigError(`--gate: no pattern '${wrong}'; ${didYouMean(wrong, patternNames)}`)
  return patternNames.filter(name => asked.includes(name))
}
