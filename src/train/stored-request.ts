// A run's config.json: the request that it was started with, as a later process reads it back.

import { z } from 'zod'
import { checked } from '../data/checked.ts'
import { RunError } from '../errors.ts'
import type { Values } from '../recipe.ts'
import { readRun } from '../runs/reader.ts'
import { requireRun } from '../runs/writer.ts'
import type { Json } from '../types.ts'
import type { Code } from '../user/load.ts'
import { settingsSchema, type WholeRequest } from './request/request.ts'

/** Of a run folder: what a resumed run relies on. One of another number cannot be continued. */
export const runFormat = 2

const codeSchema = z.record(z.string(), z.string()).default({})
const configSchema = settingsSchema.extend({
  recipe: z.string(),
  recipeFile: z.string().nullable().default(null),
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
})

/** Finds a recipe by its name, or the file that it came from. */
export type RecipeFinder = (name: string) => Promise<Pick<WholeRequest, 'recipe' | 'recipeSource'>>

/** What a run folder is told of its request, its options resolved, and of the code of the user's that it runs. */
export function configOf(
  { recipe, recipeSource, overrides: _, ...settings }: WholeRequest,
  options: Values,
  code: Code,
): Json {
  const recipeFile = recipeSource?.file ?? null
  return {
    format: runFormat,
    ...settings,
    recipe: recipe.name,
    recipeFile,
    options,
    code,
  } as unknown as Json
}

/**
 * Refuses, with a RunError, code that is not what a run was started with: its numbers would be those of neither. `now` is
 * all the code that it runs, or, where `whole` is false, some of it.
 */
export function requireSameCode(folder: string, now: Code, whole = true): void {
  const before = checked(
    codeSchema,
    (readRun(folder).config() as { code?: unknown }).code,
    wrong => new RunError(`${folder}/config.json: ${wrong}`),
    { at: 'code' },
  )
  const gone = whole ? Object.keys(before).filter(file => now[file] === undefined) : []
  const other = Object.keys(now).filter(file => now[file] !== before[file])
  if (gone.length + other.length === 0) return
  throw new RunError(
    `${folder} was started with other code: ${[...other, ...gone].join(', ')} changed since; put it back, or start another run`,
  )
}

/**
 * The request that a run was started with. Throws RunError where the folder holds no run, or one that this version does not
 * read.
 */
export async function storedRequest(folder: string, find: RecipeFinder): Promise<WholeRequest> {
  requireRun(folder)
  const config = readRun(folder).config() as { format?: Json; versions?: { minform?: Json } } | null
  if (config?.format !== runFormat) {
    const by = config?.versions?.minform ?? 'unknown'
    throw new RunError(
      `${folder} holds a run of another version (minform ${by}, format ${config?.format ?? 'none'}; ` +
        `expected format ${runFormat}); continue it with that version, or start another run`,
    )
  }
  const parsed = checked(
    configSchema,
    config,
    wrong => new RunError(`${folder}/config.json: ${wrong}`),
    { most: 3 },
  )
  const { recipe, recipeFile, options, ...settings } = parsed
  const overrides = Object.entries(options).map(([name, value]) => [name, String(value)])
  return {
    ...settings,
    folder,
    ...(await find(recipeFile ?? recipe)),
    overrides: Object.fromEntries(overrides),
  }
}
