import { describe, expect, test } from 'vitest'
import { EngineError } from '../../../src/errors.ts'
import type { ServerSettings } from './server/server.ts'
import { openOn, serve } from './subject.ts'

const unknown = { profile: {} }

describe('what has to be known of a server is found out', () => {
  const servers: readonly ServerSettings[] = [
    { reduction: 'mean', idempotent: true },
    { reduction: 'sum', idempotent: false },
    { reduction: 'mean', idempotent: false, gradNorm: false },
    { reduction: 'sum', idempotent: true, gradNorm: false, slots: 1 },
  ]
  test.each(servers)('%o', async settings => {
    const server = await serve(settings)
    const engine = await openOn(server, settings, unknown)
    const { reduction, idempotent } = settings
    expect(engine.profile).toMatchObject({ reduction, idempotent, snapshots: false, clips: false })
    expect(server.loaded).toBe(1) // the one that was tried is gone
    await engine.close()
    expect(server.loaded).toBe(0)
  })

  test('protobuf, where JSON is refused', async () => {
    const server = await serve({ json: false })
    const engine = await openOn(server, {}, unknown)
    expect(engine.operations.dialect.name).toBe('tinker-proto')
    expect(engine.profile.reduction).toBe('mean')
    await engine.close()
  })

  test('a carrier that makes no gradient of weights is refused', async () => {
    const server = await serve({ reduction: 'mean' })
    const opening = openOn(server, {}, { profile: { carrier: 'cross-entropy' } })
    await expect(opening).rejects.toThrow(EngineError)
    await expect(opening).rejects.toThrow('neither a sum over tokens nor a mean')
    expect(server.loaded).toBe(0)
  })
})
