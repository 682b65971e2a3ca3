import { path } from './values.ts'

/** The model that learns. */
export const policySettings = {
  model: path, // null: made first
}
