import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import { abilitiesOf } from '../../src/engine/tinker/abilities.ts'
import { openTinkerEngine } from '../../src/engine/tinker/open.ts'
import { conformance } from '../engine/conformance.ts'
import { writeModels } from './models.ts'
import { python, RealServer, skyrl } from './server.ts'

// All that every engine must do, by the engine on the real server.

let folder: string
let server: RealServer

describe.skipIf(python === null)('on SkyRL', { timeout: 300_000 }, () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'minform-models-'))
    await writeModels(folder)
    server = await RealServer.start(join(folder, 'tiny'))
  }, 120_000)
  afterAll(async () => {
    await server.close()
    await rm(folder, { recursive: true })
  })

  const reopen = () =>
    openTinkerEngine({
      ...{ url: server.url, baseModel: server.model, folder: server.model, rank: 8, seed: 1 },
      ...{ profile: skyrl, apiKey: null },
    })
  conformance('an engine', async () => ({ engine: await reopen(), reopen }), abilitiesOf(skyrl))
})
