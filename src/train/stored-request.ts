// A run's config.json: the request that it was started with, as a later process reads it back.

import { z } from 'zod'
import { RunError } from '../errors.ts'
import type { Recipe, Values } from '../recipe.ts'
import { readRun } from '../runs/reader.ts'
import { requireRun } from '../runs/writer.ts'
import type { Json } from '../types.ts'
import { settingsSchema, type WholeRequest } from './request/request.ts'

/** Of a run folder: what a resumed run relies on. One of another number cannot be continued. */
const format = 1

const configSchema = settingsSchema.extend({
  recipe: z.string(),
  options: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
})

/** What a run folder is told of its request, its options resolved. */
export function configOf(
  { recipe, overrides: _, ...settings }: WholeRequest,
  options: Values,
): Json {
  return { format, ...settings, recipe: recipe.name, options } as unknown as Json
}

/**
 * The request that a run was started with. Throws RunError where the folder holds no run, or one that this version does not
 * read; `recipeOf` finds a recipe by its name.
 */
export function storedRequest(folder: string, recipeOf: (name: string) => Recipe): WholeRequest {
  requireRun(folder)
  const config = readRun(folder).config() as { format?: Json; versions?: { minform?: Json } } | null
  if (config?.format !== format) {
    const by = config?.versions?.minform ?? 'unknown'
    throw new RunError(
      `${folder} holds a run of another version (minform ${by}, format ${config?.format ?? 'none'}; ` +
        `expected format ${format}); continue it with that version, or start another run`,
    )
  }
  const parsed = configSchema.safeParse(config)
  if (!parsed.success) throw new RunError(`${folder}/config.json: ${z.prettifyError(parsed.error)}`)
  const { recipe, options, ...settings } = parsed.data
  const overrides = Object.entries(options).map(([name, value]) => [name, String(value)])
  return {
    ...settings,
    folder,
    recipe: recipeOf(recipe),
    overrides: Object.fromEntries(overrides),
  }
}
