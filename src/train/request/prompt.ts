import { z } from 'zod'
import { promptSchema } from '../../problems/prompt.ts'

const said = z.string().nullable().default(null)

/** How the policy is asked. */
export const promptSettings = {
  template: said, // chat, plain, a text that holds {question}, or a file of Jinja; null: as the model was trained, else chat where it has a template
  system: said, // '': none
  instruction: said, // null: the usual one, where the template is not plain; '': none
  prompt: promptSchema.nullable().default(null), // what that comes to; null until the model is open
}
