// The environment of a run: a carried one, one in a file of the user's, or one behind an address.

import { environments } from '../environments/index.ts'
import { servedEnvironment } from '../environments/served.ts'
import { ConfigError } from '../errors.ts'
import { requireNoSecret } from '../http/address.ts'
import type { Method } from '../method.ts'
import type { Task } from '../problems/tasks/index.ts'
import type { Values } from '../recipe.ts'
import { withoutFailed, withTalkedParts } from '../rewards/talked.ts'
import type { Environment } from '../rollouts/environment.ts'
import { nearest } from '../text/nearest.ts'
import { type LoadedEnvironment, loadEnvironment } from '../user/environment.ts'
import { type Code, codeFile, namesFile } from '../user/load.ts'
import { type AnswerRequest, type OpenGrader, openGrader } from './grader.ts'
import { lookedAt } from './looked-at.ts'
import type { Settings, WholeRequest } from './request/request.ts'

/** What names an environment, and how it is asked. */
export type EnvironmentRequest = Pick<
  Settings,
  'environment' | 'environmentStop' | 'environmentTimeout'
>

/** An environment, and the code of the user's that it is made of. */
export interface OpenEnvironment {
  readonly environment: Environment | null // null: nothing talks
  readonly code: Code
}

/** What a setting calls an environment, a file by its absolute path. A ConfigError where there is none. */
export function environmentSetting(name: string): string {
  if (isAddress(name)) {
    requireNoSecret(name)
    return name
  }
  return namesFile(name) ? codeFile(name) : carried(name).name
}

/** The environment that a request names. */
export async function openEnvironment({
  environment: name,
  environmentStop: stop,
  environmentTimeout,
}: EnvironmentRequest): Promise<OpenEnvironment> {
  if (name === null) return { environment: null, code: {} }
  const { environment, code } = await found(name, stop)
  const timeout = environmentTimeout === null ? {} : { timeoutMs: 1000 * environmentTimeout }
  return { environment: { ...environment, ...bound(environment), ...timeout }, code }
}

/** Who answers rollouts, and who judges them. */
export interface OpenAsking extends OpenEnvironment, OpenGrader {}

/** Opens the environment and the grader that a request names, which know of each other. */
export async function openAsking(
  request: EnvironmentRequest & AnswerRequest,
  task: Task | null,
  say?: (line: string) => void,
): Promise<OpenAsking> {
  const { environment, code } = await openEnvironment(request)
  const judging = await openGrader(request, task, say, environment)
  return { environment, grader: judging.grader, code: { ...code, ...judging.code } }
}

/**
 * Refuses, with a ConfigError, a recipe that needs an environment where there is none, and what an environment cannot talk in:
 * rollouts that go on from others; those that are sampled ahead, which would go on, reply by reply, from weights that are
 * learned meanwhile; and the making of models, but for one that says nothing.
 */
export function requireWholeTalks(
  {
    recipe,
    environment,
    ahead,
    model,
  }: Pick<WholeRequest, 'recipe' | 'environment' | 'ahead' | 'model'>,
  options: Values,
): void {
  if (environment === null && recipe.needs.includes('environment'))
    throw new ConfigError(
      `${recipe.name} learns from what an environment finds of a rollout: name one by --environment; there are ${named()}`,
    )
  if (environment === null) return
  if (model === null && !isSilent(environment))
    throw new ConfigError(
      '--from-scratch makes models that nobody talked to; give --model, such as one that minform sft --environment made',
    )
  if (ahead > 0)
    throw new ConfigError(
      `--ahead ${ahead} does not go with --environment: a rollout would be written by several policies; leave one of them out`,
    )
  lookedAt(recipe, options, 1, {
    name: environment,
    stops: [],
    open: () => ({ reply: () => null }),
  })
}

/** A method whose rollouts an environment talks in: what it finds is recorded, and what failed is left out. */
export function talkedMethod(method: Method): Method {
  return {
    ...method,
    rewards: withTalkedParts(method.rewards),
    select: withoutFailed(method.select),
  }
}

async function found(name: string, stop: string | null): Promise<LoadedEnvironment> {
  if (isAddress(name)) return { environment: await servedEnvironment(name, { stop }), code: {} }
  if (namesFile(name)) return loadEnvironment(name)
  return { environment: carried(name), code: {} }
}

/** Its function, whatever object it is called on. */
function bound(environment: Environment): Pick<Environment, 'open'> {
  return { open: (...asked) => environment.open(...asked) }
}

function isAddress(name: string): boolean {
  return /^https?:\/\//.test(name)
}

function carried(name: string): Environment {
  const one = environments.find(environment => environment.name === name)
  if (one !== undefined) return one
  const close = nearest(
    name,
    environments.map(environment => environment.name),
  )
  const hint = close === undefined ? `there are ${named()}` : `did you mean '${close}'?`
  throw new ConfigError(
    `no environment '${name}'; ${hint}; a file of code or an address may stand there too`,
  )
}

function named(): string {
  return environments.map(({ name }) => name).join(', ')
}

/** Whether it is a carried one that only judges: it says nothing, so that a policy need not have learned to listen. */
function isSilent(name: string): boolean {
  return environments.some(one => one.name === name && one.judges && one.stops.length === 0)
}
