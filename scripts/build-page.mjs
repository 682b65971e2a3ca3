// Builds the page of runs into dist/page: one classic script, one style sheet and index.html, so that the same files work from a
// server and from a file system. Where nothing that it is made of has changed since, it does nothing.

import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { build } from 'vite'

const root = join(import.meta.dirname, '..')
const out = join(root, 'dist', 'page')
const last = join(out, 'index.html') // what a build writes at its end
const made = ['page', 'src', 'package-lock.json', 'scripts/build-page.mjs']
const carried = ['svelte', 'uplot', 'clsx', 'esm-env'] // whose code is in the script

if (!existsSync(last) || newest() > statSync(last).mtimeMs) {
  await build({
    configFile: false,
    root: join(root, 'page'),
    logLevel: 'error',
    plugins: [svelte({ configFile: false, compilerOptions: { css: 'external' } })],
    build: {
      outDir: out,
      emptyOutDir: true,
      target: 'es2022',
      lib: {
        entry: 'main.ts',
        formats: ['iife'],
        name: 'page',
        fileName: () => 'page.js',
        cssFileName: 'page',
      },
    },
  })
  const licences = carried.map(name => `${name}\n\n${licence(name)}`)
  writeFileSync(join(out, 'LICENSES'), licences.join('\n\n---\n\n'))
  copyFileSync(join(root, 'page', 'index.html'), last)
}

function newest() {
  const times = made.flatMap(name => {
    const path = join(root, name)
    if (!statSync(path).isDirectory()) return statSync(path).mtimeMs
    return readdirSync(path, { recursive: true }).map(file => statSync(join(path, file)).mtimeMs)
  })
  return Math.max(...times)
}

function licence(name) {
  const folder = join(root, 'node_modules', name)
  const file = readdirSync(folder).find(one => /^licen[cs]e/i.test(one))
  return readFileSync(join(folder, file), 'utf8')
}
