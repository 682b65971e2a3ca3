import { pathToFileURL } from 'node:url'
import { defineConfig, type Plugin } from 'vitest/config'

const here = pathToFileURL(`${import.meta.dirname}/`).href

/**
 * Threads and programs that the tested code starts are the built ones, which start in half the time: each source file
 * that looks for its neighbours is told that it lies in dist, where they are.
 */
function builtNeighbours(): Plugin {
  return {
    name: 'built-neighbours',
    enforce: 'pre',
    transform(code, id) {
      const path = /\/src\/(.+)\.ts$/.exec(id)?.[1]
      if (path === undefined || path === 'user/load') return null // a user's code meets the classes that are tested
      return code.includes('import.meta.url')
        ? code.replaceAll('import.meta.url', JSON.stringify(`${here}dist/${path}.js`))
        : null
    },
  }
}

export default defineConfig({
  plugins: [builtNeighbours()],
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/build.ts'],
    setupFiles: ['test/restored.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    isolate: false, // a file imports anew only what no file before it in its process did
    maxWorkers: 2,
  },
})
