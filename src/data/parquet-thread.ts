// The thread that reads Parquet, one request after the other.

import { parentPort } from 'node:worker_threads'
import { failureOf } from '../threads/failure.ts'
import type { Asked, Replied } from './parquet.ts'
import { groupsOfFile, rowsOfBytes, rowsOfFile } from './parquet-read.ts'

const reply = (said: Replied): void => parentPort!.postMessage(said)

parentPort!.on('message', async (asked: Asked) => {
  try {
    reply({ value: await answer(asked) })
  } catch (thrown) {
    reply({ failure: failureOf(thrown) })
  }
})
reply({ value: null }) // it is there

function answer(asked: Asked): Promise<unknown> {
  if (asked.what === 'bytes') return rowsOfBytes(asked.bytes)
  if (asked.what === 'groups') return groupsOfFile(asked.path)
  return rowsOfFile(asked.path, asked.from, asked.to)
}
