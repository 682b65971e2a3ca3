// What a file or a model holds, as a short text: whether it is still the same, wherever it lies.

import { createHash } from 'node:crypto'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { openFile, streamOf } from '../../data/plain-file.ts'
import { ConfigError, DataError } from '../../errors.ts'

const end = 1 << 20 // bytes of a file of weights that are read, at both ends

/** The SHA-256 of a file. */
export async function fingerprintOfFile(file: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of await streamOf(file)) hash.update(chunk as Buffer)
  } catch (cause) {
    throw unreadable(file, cause)
  }
  return hash.digest('hex').slice(0, 16)
}

/**
 * A hash of a model: of its configuration and tokenizer, and of the size and both ends of its weights, or of the one file
 * that is all of them.
 */
export async function fingerprintOfModel(path: string): Promise<string> {
  const hash = createHash('sha256')
  const files = await filesOf(path)
  for (const [name, place] of files) {
    const file = await openFile(place).catch(cause => {
      throw unreadable(place, cause)
    })
    try {
      const { size } = await file.stat()
      hash.update(`${name}:${size};`)
      for (const at of [0, Math.max(0, size - end)]) {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(end), 0, end, at)
        hash.update(buffer.subarray(0, bytesRead))
      }
    } catch (cause) {
      throw unreadable(place, cause)
    } finally {
      await file.close()
    }
  }
  return hash.digest('hex').slice(0, 16)
}

function unreadable(path: string, cause: unknown): Error {
  if (cause instanceof DataError) return cause
  return new ConfigError(`${path}: cannot be read: ${(cause as Error).message}`, { cause })
}

/** The files of a model by name; of a file itself, that one. */
async function filesOf(path: string): Promise<[name: string, place: string][]> {
  try {
    if ((await stat(path)).isFile()) return [['', path]] // whatever it is called
    const names = (await readdir(path)).sort()
    return names
      .filter(name => /\.(json|safetensors)$/.test(name))
      .map(name => [name, join(path, name)])
  } catch (cause) {
    const why = (cause as Error).message
    throw new ConfigError(
      `${path}: cannot be read: ${why}; expected the folder of a model, or its file`,
      {
        cause,
      },
    )
  }
}
