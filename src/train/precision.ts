// Rollouts that weights of 8 bits draw, and what is learned from them all the same: the policy's own weights are not quite those.

import type { Engine, Precision } from '../engine/engine.ts'
import { ConfigError } from '../errors.ts'
import type { Loss, Method, Weighing } from '../method.ts'
import { importanceLimit } from '../numbers/importance.ts'
import { truncated } from '../update/truncated.ts'
import { engineName } from './engine.ts'
import type { WholeRequest } from './request/request.ts'

/** Refuses, with a ConfigError, an engine that cannot draw as it is asked. */
export function requirePrecision(
  request: Pick<WholeRequest, 'sampling' | 'engine' | 'device'>,
  { abilities }: Pick<Engine, 'abilities'>,
): void {
  if (request.sampling === 'float32' || abilities.int8) return
  const { kind } = request.engine
  const where =
    kind === 'onnx' ? `${engineName(request)} on ${request.device}` : engineName(request)
  throw new ConfigError(
    `--sampling ${request.sampling} asks more than ${where} can do: products of bytes that are exact; leave it out, or take ` +
      '--engine onnx with --device cpu, on a processor that has them',
  )
}

/**
 * A method that learns from rollouts of rounded weights. Where each is learned from once, by a loss whose slope is a weighted
 * advantage, the engine corrects for them while it learns; else the policy reads them first, and the loss is corrected.
 */
export function correctedMethod(method: Method, precision: Precision): Method {
  const { loss, passes } = method
  if (precision === 'float32' || isTruncated(loss)) return method
  const once = passes === undefined || passes.epochs * passes.minibatches === 1
  const { weighing, needsProximal, needsMeans, wholeGroups } = loss
  const isRead = !once || needsProximal || needsMeans || wholeGroups
  if (isRead || weighing === undefined)
    return { ...method, loss: truncated(loss, { of: 'weights' }) }
  return { ...method, loss: { ...loss, weighing: counted(weighing) } }
}

/** The weighing of tokens that the engine corrects, which says so. */
function counted(weighing: Weighing): Weighing {
  const { formula } = weighing
  const factor = `min(p / p in 8 bits, ${importanceLimit})`
  return Object.assign((batch: Parameters<Weighing>[0]) => weighing(batch), {
    formula: { ...formula, formula: `${formula.formula}, times ${factor}` },
  })
}

/** Whether a loss measures from the policy itself, and corrects for what drew its tokens. */
function isTruncated({ needsProximal, readsDrawn }: Loss): boolean {
  return needsProximal === true && readsDrawn === true
}
