import { ConfigError } from '../errors.ts'
import { nearest } from '../text/nearest.ts'
import type { LoggerKind } from './logger.ts'
import { mlflow } from './mlflow.ts'
import { tensorboard } from './tensorboard.ts'
import { wandb } from './wandb.ts'

const names = ['tensorboard', 'mlflow', 'wandb'] as const

/**
 * The logger of a text: `tensorboard`, `mlflow=ADDRESS`, `wandb=PROJECT`. Throws ConfigError where there is none of that name,
 * or its address cannot be one.
 */
export function loggerOf(text: string, environment = process.env): LoggerKind {
  const [name, where] = split(text)
  if (name === 'tensorboard' && where === null) return tensorboard
  if (name === 'tensorboard')
    throw new ConfigError(
      `--log ${text}: event files lie in the run's folder; leave out '=${where}'`,
    )
  if (name === 'wandb') return wandb(projectOf(where ?? 'minform'))
  if (name === 'mlflow') return mlflow(where ?? addressIn(environment), environment)
  const near = nearest(name, [...names])
  throw new ConfigError(
    `--log: no logger '${name}'; ${near ? `did you mean '${near}'?` : `there is ${names.join(', ')}`}`,
  )
}

function split(text: string): readonly [string, string | null] {
  const equals = text.indexOf('=')
  return equals < 0 ? [text, null] : [text.slice(0, equals), text.slice(equals + 1)]
}

function addressIn({ MLFLOW_TRACKING_URI: address }: NodeJS.ProcessEnv): string {
  if (address) return address
  throw new ConfigError(
    '--log mlflow: no address; give one, mlflow=http://localhost:5000, or set MLFLOW_TRACKING_URI',
  )
}

function projectOf(name: string): string {
  if (/^[^/\\#?%:\s]{1,128}$/.test(name)) return name
  throw new ConfigError(
    `--log wandb=${name}: expected the name of a project, without / \\ # ? % : and spaces`,
  )
}
