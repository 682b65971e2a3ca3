import { onTestFinished } from 'vitest'
import type { TinkerEngine } from '../../../src/engine/tinker/engine.ts'
import { openTinkerModel, type TinkerOptions } from '../../../src/engine/tinker/open.ts'
import { type ServerSettings, type TinkerServer, tinkerServer } from './server/server.ts'

/** What is known of a server with these settings. */
export function profileOf({
  reduction = 'mean',
  snapshots = false,
  idempotent = true,
  clips = false,
}: ServerSettings) {
  return { reduction, snapshots, idempotent, clips, exactSeeds: true } as const
}

/** Pauses of tests: short, so that a thousand faults cost little. */
export const quick = { backoffMs: 1, longestBackoffMs: 20, goneMs: 20_000, pollMs: 5000 }

/** A server that ends with the test. */
export async function serve(settings: ServerSettings = {}): Promise<TinkerServer> {
  const server = await tinkerServer(settings)
  onTestFinished(() => server.close())
  return server
}

/** An engine on a server with these settings. */
export function openOn(
  server: TinkerServer,
  settings: ServerSettings = {},
  options: Partial<TinkerOptions> = {},
): Promise<TinkerEngine> {
  return openTinkerModel(server.info, null, {
    ...{ url: server.url, baseModel: settings.baseModel ?? 'tabular', rank: 4, seed: 0 },
    ...{ apiKey: null, profile: profileOf(settings), patience: quick, ...options },
  })
}
