import { DataError } from '../errors.ts'
import { openFile } from './plain-file.ts'

const largest = 2 ** 28 // bytes: ten times the largest tokenizer.json that is published

/**
 * A file that is read whole; null where there is none. Throws DataError where it cannot be read, is larger than such a file
 * can need to be, or is no file: a link in an archive may lead to a device or a pipe, which never end.
 */
export async function boundedFile(path: string, most = largest): Promise<Buffer | null> {
  const fail = (why: string, cause?: unknown): never => {
    throw new DataError(`${path}: cannot be read: ${why}`, { cause })
  }
  try {
    const file = await openFile(path)
    try {
      const found = await file.stat()
      if (found.size > most) fail(`it has ${found.size} bytes; expected at most ${most}`)
      return await file.readFile()
    } finally {
      await file.close()
    }
  } catch (cause) {
    if (cause instanceof DataError) throw cause
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null
    return fail((cause as Error).message, cause)
  }
}
