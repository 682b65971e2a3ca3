import type { Variant } from '../compare/plan.ts'
import { ConfigError } from '../errors.ts'
import { resolve } from '../recipe.ts'
import { kebab } from './flags.ts'
import { findRecipe } from './training/flags.ts'

/**
 * A variant as a command line names it: `recipe` or `recipe:option=value,...`, where a recipe may be a file. Its name has the options in their order
 * and leaves out what is at its default. A ConfigError says what cannot be read.
 */
export async function parseVariant(text: string, find = findRecipe): Promise<Variant> {
  const [named, set] = divided(text)
  const { recipe, recipeSource } = await find(named)
  const given: Record<string, string> = {}
  for (const part of set === null ? [] : set.split(',')) {
    const [said, value] = split(part, text)
    const option = Object.keys(recipe.options).find(name => kebab(name) === kebab(said)) ?? said
    if (option in given) throw new ConfigError(`${text}: ${option} is set twice`)
    given[option] = value
  }
  const options = resolve(recipe, given)
  const changed = Object.entries(recipe.options).filter(
    ([name, { default: fallback }]) => options[name] !== fallback,
  )
  const overrides = Object.fromEntries(changed.map(([name]) => [name, String(options[name])]))
  const said = Object.entries(overrides).map(([name, value]) => `${name}=${value}`)
  const name = said.length === 0 ? recipe.name : `${recipe.name}:${said.join(',')}`
  return { name, recipe, recipeSource, overrides, options }
}

/** Variants in the order given; two that are the same method are a ConfigError. */
export async function parseVariants(texts: readonly string[]): Promise<Variant[]> {
  const found = new Map<string, ReturnType<typeof findRecipe>>() // a file is run once, however many variants name it
  const find: typeof findRecipe = name => {
    const known = found.get(name) ?? findRecipe(name)
    found.set(name, known)
    return known
  }
  const variants: Variant[] = []
  for (const text of texts) variants.push(await parseVariant(text, find))
  requireOneFile(variants)
  for (const [i, { name }] of variants.entries()) {
    const first = variants.findIndex(variant => variant.name === name)
    if (first === i) continue
    const other = texts[i] === texts[first] ? 'is named twice' : `is the same as ${texts[first]}`
    throw new ConfigError(`${texts[i]} ${other}`)
  }
  return variants
}

/** The recipe and the options that are set: a path may hold a colon, too. */
function divided(text: string): [string, string | null] {
  const [, file, ofFile] = /^(.+?\.[cm]?[jt]s)(?::(.*))?$/s.exec(text) ?? []
  if (file !== undefined) return [file, ofFile ?? null]
  const colon = text.indexOf(':')
  return colon < 0 ? [text, null] : [text.slice(0, colon), text.slice(colon + 1)]
}

/** Recipes of a name come from one file: runs and reports tell them apart by it. */
function requireOneFile(variants: readonly Variant[]): void {
  for (const { recipe, recipeSource } of variants) {
    const other = variants.find(
      one => one.recipe.name === recipe.name && one.recipeSource?.file !== recipeSource?.file,
    )
    if (other === undefined) continue
    throw new ConfigError(
      `${recipeSource?.file} and ${other.recipeSource?.file} both name their recipe ${recipe.name}`,
    )
  }
}

function split(part: string, text: string): [string, string] {
  const equals = part.indexOf('=')
  if (equals > 0) return [part.slice(0, equals).trim(), part.slice(equals + 1)]
  throw new ConfigError(`${text}: expected option=value after the colon, got '${part}'`)
}
