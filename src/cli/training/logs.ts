import { loggerOf } from '../../loggers/named.ts'
import type { Settings } from '../../train/request/request.ts'
import { type Given, repeatedFlag, textFlag } from '../flags.ts'
import { group } from './group.ts'

/** Where metrics go beside the run folder. */
export const logFlags = group({
  title: 'loggers',
  args: {
    log: {
      type: 'string',
      valueHint: 'list',
      description:
        'where metrics go too: tensorboard, mlflow=ADDRESS or wandb=PROJECT; may be given more than once',
    },
  },
  read: (args): Pick<Settings, 'logs'> => {
    const logs = [...new Set((textFlag(args, 'log') ?? '').split(',').filter(one => one !== ''))]
    for (const one of logs) loggerOf(one)
    return { logs }
  },
  told: ({ logs }) => ({ log: logs.length === 0 ? null : logs.join(',') }),
  renewed: ['log'],
})

/** What a command line gave, with every --log of it. */
export function withLogs(args: Given, rawArgs: readonly string[]): Given {
  const all = repeatedFlag('--log', rawArgs)
  return all.length === 0 ? args : { ...args, log: all.join(',') }
}
