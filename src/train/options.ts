// The options of a recipe for one run: as given, and else as the recipe has them. How large a step may be depends on
// what learns, which the recipe does not know.

import { readConfig } from '../engine/hf/config-file.ts'
import { adapterTable } from '../engine/hf/lora.ts'
import { parameterCount } from '../engine/hf/parameters.ts'
import { findModel } from '../hub/find-model.ts'
import { resolve, type Values } from '../recipe.ts'
import { fittingRate } from '../update/learning-rate.ts'
import type { WholeRequest } from './request/request.ts'

/** The recipe's options, resolved; `say` is told where the learning rate is not what the recipe says for a tiny model. */
export async function optionsOf(
  { recipe, overrides, model, lora }: WholeRequest,
  say: (line: string) => void,
): Promise<Values> {
  const options = resolve(recipe, overrides)
  const said = options.learningRate
  if (overrides.learningRate !== undefined || typeof said !== 'number' || model === null) {
    return options
  }
  const parameters = parameterCount(await readConfig((await findModel(model)).path))
  const learningRate = fittingRate(said, { parameters, adapter: lora !== null })
  if (learningRate !== said) {
    const size = `${(parameters / 1e6).toPrecision(3)} M parameters`
    const what = lora === null ? size : `an adapter of ${size}`
    say(`learning rate ${learningRate} for ${what}; ${recipe.name} has ${said} for a tiny model`)
  }
  return { ...options, learningRate }
}

/** Tells how much of a policy learns, where that is an adapter. */
export async function tellAdapter(
  { lora }: Pick<WholeRequest, 'lora'>,
  folder: string,
  say: (line: string) => void = () => {},
): Promise<void> {
  if (lora === null) return
  const config = await readConfig(folder)
  const learned = adapterTable(config, lora).reduce((sum, { size }) => sum + size, 0)
  const millions = (count: number): string => `${(count / 1e6).toPrecision(3)} M`
  say(
    `an adapter of rank ${lora.rank} learns: ${millions(learned)} numbers beside ${millions(parameterCount(config))} that stay as they are`,
  )
}
