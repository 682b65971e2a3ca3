// The files of the page, as the build left them.

import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, extname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readBytes } from '../data/plain-file.ts'

const built = fileURLToPath(new URL('../../dist/page/', import.meta.url)) // from src and from dist alike

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
}

const typeOf = (file: string): string | undefined =>
  basename(file) === 'LICENSES' ? 'text/plain; charset=utf-8' : types[extname(file)]

/** A file of the page. */
export interface PageFile {
  readonly type: string
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** The files of the page by their paths, such as `/index.html`; null where it is not built. */
export function pageFiles(folder = built): ReadonlyMap<string, PageFile> | null {
  if (!existsSync(join(folder, 'index.html'))) return null
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(name => join(folder, name))
    .filter(file => typeOf(file) !== undefined && statSync(file).isFile())
  return new Map(
    files.map(file => [
      `/${relative(folder, file).split(sep).join('/')}`,
      { type: typeOf(file)!, bytes: new Uint8Array(readBytes(file)) },
    ]),
  )
}
