import { environments } from '../../environments/index.ts'
import { ConfigError } from '../../errors.ts'
import { type EnvironmentRequest, environmentSetting } from '../../train/environment.ts'
import { type Flags, type Given, numberFlag, textFlag } from '../flags.ts'
import { group } from './group.ts'

export const environmentArgs = {
  environment: {
    type: 'string',
    valueHint: 'name',
    description: `what talks back to the policy: ${environments.map(({ name }) => name).join(', ')}, a file of code, or an address; default nothing`,
  },
  environmentStop: {
    type: 'string',
    valueHint: 'text',
    description: 'of an address: behind which the policy waits for a reply; default its end token',
  },
  environmentTimeout: {
    type: 'string',
    valueHint: 'seconds',
    description: 'that it may take for a reply; default as it says itself, else 30',
  },
} as const satisfies Flags

/** What rollouts are talked with. */
export const environmentFlags = group({
  title: 'environment',
  args: environmentArgs,
  read: readEnvironment,
  told: ({ environment, environmentStop, environmentTimeout }) => ({
    environment,
    environmentStop,
    environmentTimeout: environmentTimeout === null ? null : String(environmentTimeout),
  }),
})

/** What the flags say of it. */
export function readEnvironment(args: Given): EnvironmentRequest {
  const name = textFlag(args, 'environment')
  const stop = textFlag(args, 'environmentStop')
  if (name === null && args.environmentTimeout !== undefined)
    throw new ConfigError('--environment-timeout goes with --environment')
  if (stop !== null && (stop === '' || !/^https?:/.test(name ?? '')))
    throw new ConfigError(
      '--environment-stop is a text, and goes with an address as --environment; others say themselves where the policy waits',
    )
  const seconds = textFlag(args, 'environmentTimeout')
  return {
    environment: name === null ? null : environmentSetting(name),
    environmentStop: stop,
    environmentTimeout:
      seconds === null
        ? null
        : numberFlag('--environment-timeout', seconds, { min: 0.001, max: 86_400 }),
  }
}
