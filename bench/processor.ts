import type { ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Seconds of a processor that a process took so far, from proc(5). */
export function secondsOf({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}
