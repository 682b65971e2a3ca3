import type { Contact } from './connect.ts'
import type { Finding } from './finding.ts'

const column = 34

/** A finding as two lines: what was found, and below it what was measured. */
export function findingLines({ about, found, measured }: Finding): string {
  return `  ${about.padEnd(column)} ${found}\n${' '.repeat(column + 3)}${measured}\n`
}

/** What is known before anything is tried. */
export function headLine({ server, dialect, baseModel }: Contact): string {
  return `${server} speaks ${dialect} and has ${baseModel}\n`
}
