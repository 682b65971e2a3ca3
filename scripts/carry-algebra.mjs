// Copies the algebra library into dist/carried/, where the built grader reads it. Its package has 46 MB, of which the
// grader needs one file of 3.4, and asks for a newer Node than it needs: as a dependency it would warn on every install on
// Node 20, and fail one with engine-strict.

import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const require = createRequire(import.meta.url)
const carried = join(import.meta.dirname, '..', 'dist', 'carried')
const library = require.resolve('@cortex-js/compute-engine')
mkdirSync(carried, { recursive: true })
copyFileSync(library, join(carried, 'compute-engine.cjs'))
writeFileSync(join(carried, 'package.json'), '{ "type": "commonjs" }\n')
// complex-esm is inside it; what neither package exports is found by where Node looks for packages.
for (const name of ['@cortex-js/compute-engine', 'complex-esm']) {
  const places = require.resolve.paths(name).map(place => join(place, name, 'LICENSE'))
  copyFileSync(places.find(existsSync), join(carried, `LICENSE-${name.split('/').at(-1)}`))
}
