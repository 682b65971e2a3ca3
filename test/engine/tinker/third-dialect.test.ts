import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { TinkerEngine } from '../../../src/engine/tinker/engine.ts'
import { sequences, weights } from '../subject.ts'
import { restDialect } from './rest-dialect.ts'
import { restServer } from './server/rest-server.ts'
import { openOn, serve } from './subject.ts'

/** Three steps, and what the model says then. */
async function learned(engine: TinkerEngine) {
  const all = sequences(engine, 6, 9)
  for (let i = 0; i < 3; i++) {
    await engine.accumulate(all.map(ids => ({ ids, weights: weights(ids, i + 1) })))
    await engine.step({ learningRate: 1e-2, clipNorm: null })
  }
  const request = { ids: all[0]!, n: 3, seed: 4 }
  const sampled = await engine.sample([request], { maxTokens: 8, stopIds: [1] })
  return { version: engine.version, scores: await engine.score(all), sampled }
}

test('another protocol is another dialect: an engine over it learns the same, and goes on from its states', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'minform-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const expected = await learned(await openOn(await serve()))
  const server = await serve({ idempotent: false })
  const dialect = restDialect
  const url = await restServer(server)
  const open = () => openOn(server, { idempotent: false }, { url, dialect })
  const engine = await open()
  expect(engine.base).toBeNull()
  expect(await learned(engine)).toEqual(expected)
  await engine.save(join(folder, 'a'), { optimizer: true, merge: false })
  const whole = await learned(engine)
  await engine.close()
  expect(server.loaded).toBe(0)
  const again = await open()
  await again.restore(join(folder, 'a'))
  expect(await learned(again)).toEqual(whole)
  await again.close()
})
