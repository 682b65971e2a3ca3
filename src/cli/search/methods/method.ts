// What a search is, by the name that a command line knows it by: what it can be told, with its default.

import type { Option, Options, Values } from '../../../recipe.ts'
import type { Search, Worth } from '../../../search/search.ts'
import { type Choice, choices } from '../../../search/vote.ts'

/** What a search is given beside its options. */
export interface SearchNeeds {
  readonly n: number
  readonly worth: Worth
}

/** One way to search: its name, its source, what it does, what it can be told. */
export interface SearchMethod<O extends Options = Options> {
  readonly name: string
  readonly paper: string
  readonly about: string
  readonly judge: boolean // whether it asks one
  readonly options: O
  build(options: Values<O>, needs: SearchNeeds): Search
}

/** Checks a search against its own options, then forgets their types. */
export function method<O extends Options>(one: SearchMethod<O>): SearchMethod {
  return one as unknown as SearchMethod
}

/** A whole number, from 1 if not said otherwise. */
export const whole = (standard: number, help: string, min = 1): Option<number> => ({
  default: standard,
  help,
  min,
  integer: true,
})

/** Options that searches share. */
export const width = whole(4, 'ways in which a path goes on')
export const maxSteps = whole(20, 'steps after which paths go on to their ends')
export const scoreTemperature: Option<number> = {
  default: 0.2,
  help: 'of the softmax over scores',
  min: 1e-6,
}

/** What decides in the end. */
export const choice = (standard: Choice): Option<string> => ({
  default: standard,
  help: 'what decides between the answers that were found',
  choices,
})

/** Options of a beam. */
export const ofBeam = { width, maxSteps, choice: choice('best') }

/** The choice that an option names. */
export const chosen = (name: string): Choice => choices.find(one => one === name)!
