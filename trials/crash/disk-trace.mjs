// What a program asks of the disk, in order: loaded into it before its own code (`node --import`), writes a line for each
// rename and each sync of a file or folder, `["rename", from, to]` and `["sync", path]`.

import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { resolve } from 'node:path'

const lines = []
const paths = new Map() // of descriptors
const { openSync, fsyncSync, renameSync, appendFileSync } = fs
const { open, rename } = fs.promises

fs.openSync = (path, ...rest) => {
  const descriptor = openSync(path, ...rest)
  paths.set(descriptor, resolve(String(path)))
  return descriptor
}
fs.fsyncSync = descriptor => {
  fsyncSync(descriptor)
  lines.push(['sync', paths.get(descriptor)])
}
fs.renameSync = (from, to) => {
  renameSync(from, to)
  lines.push(['rename', resolve(from), resolve(to)])
}
fs.promises.open = async (path, ...rest) => {
  const handle = await open(path, ...rest)
  const { sync } = handle
  handle.sync = async () => {
    await sync.call(handle)
    lines.push(['sync', resolve(String(path))])
  }
  return handle
}
fs.promises.rename = async (from, to) => {
  await rename(from, to)
  lines.push(['rename', resolve(from), resolve(to)])
}
syncBuiltinESMExports()
process.on('exit', () => {
  const text = lines.map(line => `${JSON.stringify(line)}\n`).join('')
  appendFileSync(process.env.MINFORM_TRIAL_TRACE, text)
})
