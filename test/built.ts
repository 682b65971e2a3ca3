import { fileURLToPath } from 'node:url'

/** The built file of a module of src, to start as a program of its own or to import in one. */
export function built(module: string): string {
  return fileURLToPath(new URL(`../dist/${module}.js`, import.meta.url))
}
