// A disk that is full after so many bytes, for a program that this is loaded into before its own code
// (`node --import`): from a byte on, in the midst of whatever is written, files take nothing more. Threads count by themselves.

import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

const { MINFORM_TRIAL_BYTES: bytes, MINFORM_TRIAL_COUNT: countFile } = process.env
let left = bytes === undefined ? Number.POSITIVE_INFINITY : Number(bytes)
let written = 0
let inside = false // what Node's own functions write for one of these was counted

/** How many of so many bytes the disk still takes. */
function taken(wanted) {
  const given = Math.min(wanted, left)
  left -= given
  written += given
  return given
}

function full() {
  const message = 'ENOSPC: no space left on device, write'
  return Object.assign(new Error(message), { errno: -28, code: 'ENOSPC', syscall: 'write' })
}

function bytesOf(data, options) {
  if (typeof data !== 'string') return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  return Buffer.from(data, typeof options === 'string' ? options : (options?.encoding ?? 'utf8'))
}

function once(act) {
  if (inside) return act()
  inside = true
  try {
    return act()
  } finally {
    inside = false
  }
}

const { writeSync, writeFileSync, appendFileSync, fstatSync } = fs

/** As the system does: fewer bytes than were asked for, then none. */
fs.writeSync = (descriptor, data, ...rest) => {
  if (inside || !fstatSync(descriptor).isFile()) return writeSync(descriptor, data, ...rest)
  const text = typeof data === 'string'
  const [from, length] = text || typeof rest[0] === 'object' ? [0, undefined] : rest
  const all = bytesOf(data, text ? rest[1] : undefined)
  const part = all.subarray(from ?? 0, length === undefined ? undefined : (from ?? 0) + length)
  const given = taken(part.length)
  if (given === 0 && part.length > 0) throw full()
  return writeSync(descriptor, part, 0, given, text ? rest[0] : rest[2])
}

for (const [name, write] of Object.entries({ writeFileSync, appendFileSync })) {
  fs[name] = (file, data, options) => {
    if (inside) return write(file, data, options)
    const all = bytesOf(data, options)
    const given = taken(all.length)
    once(() => write(file, all.subarray(0, given), options))
    if (given < all.length) throw full()
  }
}

for (const name of ['writeFile', 'appendFile']) {
  const write = fs.promises[name]
  fs.promises[name] = async (file, data, options) => {
    const all = bytesOf(data, options)
    const given = taken(all.length)
    await write(file, all.subarray(0, given), options)
    if (given < all.length) throw full()
  }
}

const handle = await fs.promises.open(import.meta.filename)
const prototype = Object.getPrototypeOf(handle)
await handle.close()
const { write } = prototype
prototype.write = async function (
  data,
  from = 0,
  length = data.byteLength - from,
  position = null,
) {
  const given = taken(length)
  if (given === 0 && length > 0) throw full()
  return write.call(this, data, from, given, position)
}
prototype.writeFile = async function (data, options) {
  const all = bytesOf(data, options)
  for (let at = 0; at < all.length; ) at += (await this.write(all, at)).bytesWritten
}
prototype.appendFile = prototype.writeFile

syncBuiltinESMExports()
if (countFile !== undefined)
  process.on('exit', () => once(() => appendFileSync(countFile, `${written}\n`)))
