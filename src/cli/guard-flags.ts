// Flags that keep a run safe: from answers that collect reward without solving anything, and from being lost.

import type { ArgsDef } from 'citty'
import { ConfigError } from '../errors.ts'
import { type PatternName, patternNames } from '../rewards/patterns.ts'
import { type AlarmPolicy, alarmPolicies } from '../train/alarms.ts'
import { type AuditPolicy, auditPolicies } from '../train/judge-check.ts'
import type { TrainingRequest } from '../train/run.ts'
import { didYouMean, numberFlag } from './flags.ts'

export const guardArgs = {
  audit: {
    type: 'enum',
    options: [...auditPolicies],
    description:
      'canaries, known hacks that the judge is tried on first: on refuses one that rewards them, warn goes on, off makes none; default on',
  },
  gate: {
    type: 'string',
    description: `patterns that get a bad reward, comma between them: ${patternNames.join(', ')}, or all; default none`,
  },
  onAlarm: {
    type: 'enum',
    options: [...alarmPolicies],
    description: 'when answers collect reward unsolved: warn, pause or rollback; default warn',
  },
  checkpointEvery: {
    type: 'string',
    description: 'iterations; default as often as takes little time',
  },
} as const satisfies ArgsDef

/** What they ask of a run; a value that cannot be used is a ConfigError. */
export function guardRequest(
  args: Readonly<Record<string, unknown>>,
): Required<Pick<TrainingRequest, 'gates' | 'onAlarm' | 'checkpointEvery' | 'audit'>> {
  const every = args.checkpointEvery as string | undefined
  return {
    gates: gatesOf(args.gate as string | undefined),
    onAlarm: (args.onAlarm as AlarmPolicy | undefined) ?? 'warn',
    audit: (args.audit as AuditPolicy | undefined) ?? 'on',
    checkpointEvery:
      every === undefined
        ? null
        : numberFlag('--checkpoint-every', every, { min: 1, integer: true }),
  }
}

function gatesOf(text: string | undefined): readonly PatternName[] {
  if (text === undefined || text === '') return []
  if (text === 'all') return patternNames
  const asked = text.split(',').map(name => name.trim())
  const wrong = asked.find(name => !patternNames.some(known => known === name))
  if (wrong !== undefined)
    throw new ConfigError(`--gate: no pattern '${wrong}'; ${didYouMean(wrong, patternNames)}`)
  return patternNames.filter(name => asked.includes(name))
}
