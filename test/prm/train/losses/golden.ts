import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { LogitLoss, Response, ResponseLoss } from '../../../../src/prm/train/losses/loss.ts'
import { close } from '../../../engine/subject.ts'

/** What PyTorch computes: inputs, the sum of the loss's terms, and its gradient for each input. */
export interface Golden {
  readonly inputs: readonly (readonly number[])[]
  readonly loss: number
  readonly slopes: readonly (readonly number[])[]
}

const file = new URL('../../../golden/prm-losses.json', import.meta.url)
const all = JSON.parse(readFileSync(file, 'utf8'))

/** A case of test/golden/prm-losses.json, which the script beside it wrote. */
export function golden(name: string): Golden {
  expect(all).toHaveProperty([name])
  return all[name]
}

/** Labels of that file: hard, soft, pairs. */
export function goldenLabels(name: 'hard' | 'soft' | 'pairs'): Float32Array {
  return Float32Array.from(all[name])
}

/** The loss and its slopes are what PyTorch computes. */
export function equalsGolden(loss: LogitLoss, name: string, labels: Float32Array): void {
  const expected = golden(name)
  const found = loss.of(Float32Array.from(expected.inputs[0]!), labels)
  expect(found.loss).toBeCloseTo(expected.loss, 5)
  close(found.slopes, expected.slopes[0]!, 1e-6)
}

/** Every slope is the derivative of the loss, by central differences. */
export function derivatives(loss: LogitLoss, logits: Float32Array, labels: Float32Array): void {
  const { slopes } = loss.of(logits, labels)
  const h = 2 ** -8
  logits.forEach((x, n) => {
    const at = (d: number): number => loss.of(logits.with(n, x + d), labels).loss
    expect(slopes[n]).toBeCloseTo((at(h) - at(-h)) / (2 * h), 3)
  })
}

/** The same for a loss of responses, for the log-probabilities of the model that learns. */
export function responseDerivatives(loss: ResponseLoss, responses_G: readonly Response[]): void {
  const { slopes_G_T } = loss.of(responses_G)
  const h = 2 ** -6
  responses_G.forEach((response, g) => {
    response.policy_T.forEach((x, t) => {
      const at = (d: number): number =>
        loss.of(responses_G.with(g, { ...response, policy_T: response.policy_T.with(t, x + d) }))
          .loss
      expect(slopes_G_T[g]![t]).toBeCloseTo((at(h) - at(-h)) / (2 * h), 3)
    })
  })
}
