import type { Variant } from '../compare/plan.ts'
import { ConfigError } from '../errors.ts'
import { resolve } from '../recipe.ts'
import { kebab } from './flags.ts'
import { recipeOf } from './training/flags.ts'

/**
 * A variant as a command line names it: `recipe` or `recipe:option=value,...`. Its name has the options in their order
 * and leaves out what is at its default. A ConfigError says what cannot be read.
 */
export function parseVariant(text: string): Variant {
  const colon = text.indexOf(':')
  const recipe = recipeOf(colon < 0 ? text : text.slice(0, colon))
  const given: Record<string, string> = {}
  for (const part of colon < 0 ? [] : text.slice(colon + 1).split(',')) {
    const [said, value] = split(part, text)
    const option = Object.keys(recipe.options).find(name => kebab(name) === kebab(said)) ?? said
    if (option in given) throw new ConfigError(`${text}: ${option} is set twice`)
    given[option] = value
  }
  const options = resolve(recipe, given)
  const set = Object.entries(recipe.options).filter(
    ([name, { default: fallback }]) => options[name] !== fallback,
  )
  const overrides = Object.fromEntries(set.map(([name]) => [name, String(options[name])]))
  const said = Object.entries(overrides).map(([name, value]) => `${name}=${value}`)
  const name = said.length === 0 ? recipe.name : `${recipe.name}:${said.join(',')}`
  return { name, recipe, overrides, options }
}

/** Variants in the order given; two that are the same method are a ConfigError. */
export function parseVariants(texts: readonly string[]): Variant[] {
  const variants = texts.map(parseVariant)
  for (const [i, { name }] of variants.entries()) {
    const first = variants.findIndex(variant => variant.name === name)
    if (first === i) continue
    const other = texts[i] === texts[first] ? 'is named twice' : `is the same as ${texts[first]}`
    throw new ConfigError(`${texts[i]} ${other}`)
  }
  return variants
}

function split(part: string, text: string): [string, string] {
  const equals = part.indexOf('=')
  if (equals > 0) return [part.slice(0, equals).trim(), part.slice(equals + 1)]
  throw new ConfigError(`${text}: expected option=value after the colon, got '${part}'`)
}
