// A recipe in a file of the user's: the default export is what `recipe({...})` returns.

import type { Abilities } from '../engine/engine.ts'
import { ConfigError, RunError } from '../errors.ts'
import type { Method } from '../method.ts'
import type { Beside, Need, Options, Recipe } from '../recipe.ts'
import { type PatternName, patternNames } from '../rewards/patterns.ts'
import { type Loaded, loadUserModule } from './load.ts'
import { fieldsOf, told, wrongShape } from './shape.ts'

const allNeeds: readonly Need[] = ['prm', 'grader', 'solutions', 'chat']
const allAbilities: Readonly<Record<keyof Abilities, true>> = {
  ...{ entropies: true, classes: true, minTokens: true, clipNorm: true, shapedLogprobs: true },
  ...{ exactSeeds: true, onlyHead: true, wholeFolders: true, hiddenStates: true },
  ...{ meanLogprobs: true, blends: true, sgd: true, int8: true },
}

/** The file that a recipe came from, and all the code that it is made of. */
export type RecipeSource = Pick<Loaded, 'file' | 'code'>

/** A recipe, and where it came from. */
export interface LoadedRecipe {
  readonly recipe: Recipe
  readonly source: RecipeSource
}

/** The recipe of a file. A ConfigError says what cannot be used of it. */
export async function loadRecipe(name: string): Promise<LoadedRecipe> {
  const { value, ...source } = await loadUserModule(name)
  const where = `${name}: default export`
  const found = fieldsOf(value, where, 'a recipe, as recipe({...}) makes it')
  const {
    name: own,
    paper = 'none',
    about = '',
    differs = [],
    needs,
    mayAsk = false,
    beside = {},
    abilities = {},
    options,
    rollouts,
    gates,
    build,
  } = found
  if (typeof own !== 'string' || !/^[A-Za-z0-9][\w.-]*$/.test(own))
    throw wrongShape(`${where}: name`, 'a word that can name a folder', own)
  if (typeof paper !== 'string' || typeof about !== 'string')
    throw wrongShape(`${where}: paper and about`, 'texts', [paper, about])
  if (!Array.isArray(needs) || needs.some(need => !allNeeds.includes(need)))
    throw wrongShape(`${where}: needs`, `a list of ${allNeeds.join(', ')}`, needs)
  if (typeof mayAsk !== 'boolean') throw wrongShape(`${where}: mayAsk`, 'true or false', mayAsk)
  if (typeof build !== 'function') throw wrongShape(`${where}: build`, 'a function', build)
  if (rollouts !== undefined && typeof rollouts !== 'function')
    throw wrongShape(`${where}: rollouts`, 'a function of the options', rollouts)
  if (gates !== undefined && typeof gates !== 'function')
    throw wrongShape(`${where}: gates`, 'a function of the options that gives patterns', gates)
  const recipe: Recipe = {
    name: own,
    paper,
    about,
    differs: Array.isArray(differs) ? differs.map(String) : [],
    needs,
    mayAsk,
    beside: besideOf(beside, where),
    abilities: abilitiesOf(abilities, where),
    options: optionsOf(options, where),
    ...(gates && { gates: options => patternsOf(gates(options), where) }),
    ...(rollouts && { rollouts: rollouts as NonNullable<Recipe['rollouts']> }),
    build: (...args) =>
      methodOf(
        told(`${name}: build`, () => build(...args), configError),
        name,
      ),
  }
  return { recipe, source }
}

function patternsOf(value: unknown, where: string): readonly PatternName[] {
  if (!Array.isArray(value) || value.some(name => !patternNames.includes(name)))
    throw wrongShape(`${where}: gates`, `a list of ${patternNames.join(', ')}`, value)
  return value
}

function besideOf(value: unknown, where: string): Readonly<Record<string, Beside>> {
  const models = fieldsOf(value, `${where}: beside`, 'an object of models')
  for (const [name, one] of Object.entries(models)) {
    const { about, classes } = fieldsOf(one, `${where}: beside.${name}`, '{about, classes}')
    if (typeof about !== 'string')
      throw wrongShape(`${where}: beside.${name}.about`, 'a text', about)
    if (classes !== null && !(Number.isInteger(classes) && Number(classes) >= 1))
      throw wrongShape(
        `${where}: beside.${name}.classes`,
        'a whole number from 1, or null',
        classes,
      )
  }
  return models as Readonly<Record<string, Beside>>
}

function abilitiesOf(value: unknown, where: string): NonNullable<Recipe['abilities']> {
  const asked = fieldsOf(value, `${where}: abilities`, 'an object of texts, what each is for')
  for (const [name, why] of Object.entries(asked)) {
    if (!Object.hasOwn(allAbilities, name))
      throw new ConfigError(
        `${where}: abilities: no engine has '${name}'; expected some of ${Object.keys(allAbilities).join(', ')}`,
      )
    if (typeof why !== 'string')
      throw wrongShape(`${where}: abilities.${name}`, 'a text: what it is for', why)
  }
  return asked as NonNullable<Recipe['abilities']>
}

function optionsOf(value: unknown, where: string): Options {
  const options = fieldsOf(value, `${where}: options`, 'an object of options')
  for (const [name, one] of Object.entries(options)) {
    const option = fieldsOf(one, `${where}: options.${name}`, 'an option: {default, help}')
    if (!['number', 'string', 'boolean'].includes(typeof option.default))
      throw wrongShape(
        `${where}: options.${name}.default`,
        'a number, a text, true or false',
        option.default,
      )
    if (typeof option.help !== 'string')
      throw wrongShape(`${where}: options.${name}.help`, 'a text', option.help)
  }
  if (typeof (options.learningRate as { default?: unknown } | undefined)?.default !== 'number')
    throw new ConfigError(
      `${where}: options.learningRate: expected a number by default; spread learning or common, which minform exports, into options`,
    )
  return options as Options
}

const stages = ['rollouts', 'rewards', 'credit', 'advantages'] as const
const fields: Readonly<Record<keyof Method, true>> = {
  ...{
    problems: true,
    rollouts: true,
    rewards: true,
    select: true,
    credit: true,
    advantages: true,
  },
  ...{ learns: true, loss: true, reference: true, passes: true, also: true, remember: true },
}

/** A method whose stages say what file failed, and in what stage. */
function methodOf(value: unknown, file: string): Method {
  const method = fieldsOf(value, `${file}: build`, 'a method, as method({...}) makes it')
  for (const stage of stages)
    if (typeof method[stage] !== 'function')
      throw wrongShape(`${file}: build: ${stage}`, 'a function', method[stage])
  const unknown = Object.keys(method).find(name => !Object.hasOwn(fields, name))
  if (unknown !== undefined)
    throw new ConfigError(
      `${file}: build: a method has no '${unknown}', which would be left out without a word; it has ${Object.keys(fields).join(', ')}`,
    )
  const loss = fieldsOf(method.loss, `${file}: build: loss`, 'a loss: {needsReference, of}')
  if (typeof loss.of !== 'function')
    throw wrongShape(`${file}: build: loss.of`, 'a function', loss.of)
  const whole = value as Method
  return {
    ...whole,
    rollouts: (...args) => runs(`${file}: rollouts`, () => whole.rollouts(...args)),
    rewards: (...args) => runs(`${file}: rewards`, () => whole.rewards(...args)),
    ...optional(whole, file),
    credit: (...args) => runs(`${file}: credit`, () => whole.credit(...args)),
    advantages: (...args) => runs(`${file}: advantages`, () => whole.advantages(...args)),
    loss: { ...whole.loss, of: batch => runs(`${file}: loss`, () => whole.loss.of(batch)) },
  }
}

/** The stages that a method may have, as far as it has them. */
function optional({ problems, select, learns, remember }: Method, file: string): Partial<Method> {
  const at = (stage: string) => `${file}: ${stage}`
  return {
    ...(problems && { problems: (...args) => runs(at('problems'), () => problems(...args)) }),
    ...(select && { select: batch => runs(at('select'), () => select(batch)) }),
    ...(learns && { learns: batch => runs(at('learns'), () => learns(batch)) }),
    ...(remember && { remember: batch => runs(at('remember'), () => remember(batch)) }),
  }
}

function runs<T>(where: string, call: () => T): T {
  return told(where, call, (message, cause) => new RunError(message, { cause }))
}

function configError(message: string, cause: unknown): ConfigError {
  return new ConfigError(message, { cause })
}
