import { describe } from 'vitest'
import type { Abilities } from '../../../src/engine/engine.ts'
import { conformance } from '../conformance.ts'
import type { ServerSettings } from './server/server.ts'
import { openOn, serve } from './subject.ts'

const abilities: Abilities = {
  entropies: false,
  classes: false,
  minTokens: false,
  clipNorm: false,
  shapedLogprobs: false,
  exactSeeds: true,
  onlyHead: false,
  wholeFolders: false,
  hiddenStates: false,
  meanLogprobs: false,
  blends: false,
  sgd: false,
  int8: false,
}

const servers: readonly (ServerSettings & { readonly name: string })[] = [
  { name: 'a server like SkyRL on JAX' },
  {
    name: 'a server that sums, clips, does twice what is sent twice, and wants protobuf',
    ...{ reduction: 'sum', snapshots: true, clips: true, idempotent: false, leadingNull: true },
    json: false,
  },
]

describe.each(servers)('$name', ({ name, ...settings }) => {
  conformance(
    name,
    async () => {
      const server = await serve(settings)
      const dialect = settings.json === false ? 'tinker-proto' : 'tinker-json'
      const open = () => openOn(server, settings, { dialect })
      return { engine: await open(), reopen: open }
    },
    { ...abilities, clipNorm: settings.clips ?? false },
  )
})
