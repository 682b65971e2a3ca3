// What a file or a model holds, as a short text: whether it is still the same, wherever it lies.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError } from '../../errors.ts'

const end = 1 << 20 // bytes of a file of weights that are read, at both ends

/** The SHA-256 of a file. */
export async function fingerprintOfFile(file: string): Promise<string> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  } catch (cause) {
    throw new ConfigError(`${file}: cannot be read: ${(cause as Error).message}`, { cause })
  }
  return hash.digest('hex').slice(0, 16)
}

/** A hash of a model folder: of its configuration and tokenizer, and of the size and both ends of its weights. */
export async function fingerprintOfModel(folder: string): Promise<string> {
  const hash = createHash('sha256')
  const names = (await filesIn(folder)).sort()
  for (const name of names.filter(one => /\.(json|safetensors)$/.test(one))) {
    const file = await open(join(folder, name))
    try {
      const { size } = await file.stat()
      hash.update(`${name}:${size};`)
      for (const at of [0, Math.max(0, size - end)]) {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(end), 0, end, at)
        hash.update(buffer.subarray(0, bytesRead))
      }
    } finally {
      await file.close()
    }
  }
  return hash.digest('hex').slice(0, 16)
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (cause) {
    const why = (cause as Error).message
    throw new ConfigError(`${folder}: cannot be read: ${why}; expected the folder of a model`, {
      cause,
    })
  }
}
