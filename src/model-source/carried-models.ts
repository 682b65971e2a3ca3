import { fileURLToPath } from 'node:url'

const folder = (name: string): string =>
  fileURLToPath(new URL(`../../models/${name}/`, import.meta.url))

/** Folders of the two models that this package carries: a policy for nested arithmetic, and its process reward model. */
export const carriedModels = { base: folder('base'), prm: folder('prm') } as const
