// What a server keeps: whether a saved state is the model to the last bit, its optimizer with it.

import type { Carrier } from '../engine/tinker/dialect.ts'
import type { Model } from '../engine/tinker/operations.ts'
import { type Finding, farthest, finding, shortly } from './finding.ts'
import { signed } from './gradients.ts'
import type { Trial } from './trial.ts'

const settings = {
  ...{ learningRate: 1e-3, beta1: 0.9, beta2: 0.95, epsilon: 1e-8 },
  ...{ weightDecay: 0, clipNorm: null },
}

/** Saves, takes a step, opens what was saved as another model, and takes the same step there. */
export async function tryStates(
  trial: Trial,
  model: Model,
  ids: Int32Array,
  carrier: Carrier,
): Promise<readonly Finding[]> {
  const [logprobs] = await trial.score(model, ids)
  const sequence = { ids, weights: signed(ids), logprobs: logprobs! }
  const step = async (of: Model): Promise<Float32Array> => {
    await trial.learn(of, [sequence], carrier)
    await trial.step(of, settings)
    return (await trial.score(of, ids))[0]!
  }
  const saved = await step(model) // the optimizer has something to remember
  const path = await trial.save(model, `minform-connect-${Date.now().toString(36)}`)
  const onward = await step(model)
  const again = await trial.create(path)
  try {
    const [loaded] = await trial.score(again, ids)
    const continued = await step(again)
    return [
      exactly('a saved state is the model', farthest(loaded!, saved), 'log-probabilities'),
      exactly('it goes on as the model did', farthest(continued, onward), 'after one more step'),
    ]
  } finally {
    await trial.unload(again)
    await trial.operations.forget(model, path).catch(() => undefined)
  }
}

function exactly(about: string, apart: number, what: string): Finding {
  const found = apart === 0 ? 'yes, to the last bit' : apart < 1e-3 ? 'nearly' : 'no'
  return finding(about, apart, found, `${what}: ${shortly(apart)} apart`)
}
