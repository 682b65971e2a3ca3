// The published systems, one file each in methods/: what each became here, and what is missing. A folder of small files, so
// that several people can add to it at once; what can be read off a recipe or a labeler stands there and is not said again.

import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { checked } from '../../data/checked.ts'
import { readText } from '../../data/plain-file.ts'
import { DataError } from '../../errors.ts'
import { labelMethods } from '../../prm/label/methods/index.ts'
import { prmMethods } from '../../prm/train/methods/index.ts'
import { recipes } from '../../recipes/index.ts'
import { searchMethods } from '../search/methods/table.ts'

/** What a system may become: something that a command knows by its name, or a file of src that computes it. */
export const kinds = [
  'recipe', // of train
  'labeler', // of prm label --method
  'loss', // of prm train --loss
  'search', // of search --method
  'reward', // a file of src/rewards
  'audit', // a file of src/prm/audit, or a canary of prm audit
  'measure', // a file of src/prm/evaluate, src/prm/score or src/eval
] as const
export type Kind = (typeof kinds)[number]

export const parts = ['core', 'recipes', 'benchmarks', 'documented'] as const
export const statuses = ['whole', 'part', 'missing'] as const

const schema = z.strictObject({
  system: z.string().min(1),
  paper: z.string().min(1),
  part: z.enum(parts),
  status: z.enum(statuses),
  names: z.partialRecord(z.enum(kinds), z.array(z.string().min(1)).min(1)),
  run: z.string().nullable(), // as it stands in a clean clone; `&&` between commands
  test: z.string().nullable(), // the file with its check numbers
  differs: z.array(z.string().min(1)), // beside what its recipes and labelers say
  missing: z.string().nullable(),
})

/** A system as its file says it. */
export type System = z.infer<typeof schema>

/** A system as `minform methods --json` tells it. */
export interface MethodEntry {
  readonly system: string
  readonly paper: string
  readonly part: System['part']
  readonly kind: string | null // kinds, comma between them
  readonly names: readonly string[]
  readonly run: string | null
  readonly test: string | null
  readonly differs: readonly string[]
  readonly status: System['status']
  readonly missing: string | null
}

const folder = fileURLToPath(new URL('../../../methods/', import.meta.url))

/** Every system, part by part and by name; a file that does not fit is a DataError that names it. */
export function systems(from = folder): readonly System[] {
  const read = readdirSync(from)
    .filter(file => file.endsWith('.json'))
    .map(file => {
      const value: unknown = JSON.parse(readText(`${from}/${file}`))
      return checked(schema, value, wrong => new DataError(`methods/${file}: ${wrong}`))
    })
  const name = ({ system }: System): string => system.toLowerCase()
  return parts.flatMap(part =>
    read.filter(one => one.part === part).sort((a, b) => (name(a) < name(b) ? -1 : 1)),
  )
}

/** How a system is told: with the departures that its recipes and labelers declare. */
export function methodEntry({ names, differs, ...system }: System): MethodEntry {
  const found = Object.entries(names) as [Kind, string[]][]
  const declared = found.flatMap(([kind, ofKind]) =>
    ofKind.flatMap(name => tables[kind]?.find(one => one.name === name)?.differs ?? []),
  )
  const { system: title, paper, part, run, test, status, missing } = system
  return {
    ...{ system: title, paper, part },
    kind: found.length === 0 ? null : found.map(([kind]) => kind).join(', '),
    names: [...new Set(found.flatMap(([, ofKind]) => ofKind))],
    ...{ run, test },
    differs: [...new Set([...differs, ...declared])],
    ...{ status, missing },
  }
}

/** What each kind that a command knows by name has. */
export const tables: Readonly<
  Partial<
    Record<
      Kind,
      readonly { readonly name: string; readonly paper: string; differs?: readonly string[] }[]
    >
  >
> = { recipe: recipes, labeler: labelMethods, loss: prmMethods, search: searchMethods }
