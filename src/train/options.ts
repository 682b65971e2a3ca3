// The options of a recipe for one run: as given, and else as the recipe has them. How large a step may be depends on
// what learns, which the recipe does not know.

import { readConfig } from '../engine/hf/config-file.ts'
import { parameterCount } from '../engine/hf/parameters.ts'
import { findModel } from '../hub/find-model.ts'
import { resolve, type Values } from '../recipe.ts'
import { fittingRate } from '../update/learning-rate.ts'
import { isRemote } from './engine.ts'
import type { WholeRequest } from './request/request.ts'

/** The recipe's options, resolved; `say` is told where the learning rate is not what the recipe says for a tiny model. */
export async function optionsOf(
  request: WholeRequest,
  say: (line: string) => void,
): Promise<Values> {
  const { recipe, overrides, model, lora } = request
  const options = resolve(recipe, overrides)
  const said = options.learningRate
  if (overrides.learningRate !== undefined || typeof said !== 'number' || model === null) {
    return options
  }
  const { path } = await findModel(model, { weights: !isRemote(request) })
  const parameters = parameterCount(await readConfig(path))
  const learningRate = fittingRate(said, { parameters, adapter: lora !== null })
  if (learningRate !== said) {
    const size = `${(parameters / 1e6).toPrecision(3)} M parameters`
    const what = lora === null ? size : `an adapter of ${size}`
    say(`learning rate ${learningRate} for ${what}; ${recipe.name} has ${said} for a tiny model`)
  }
  return { ...options, learningRate }
}
