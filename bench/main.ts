// npm run bench -- <name> [--json]: measures this machine, and prints a table or JSON.

import { measureEngine, tableOf } from './engine.ts'
import { largeInProcesses, largePart, tableOfLarge } from './large.ts'

interface Bench {
  readonly measure: () => Promise<unknown>
  readonly table: (report: never) => string
}

const benches: Readonly<Record<string, Bench>> = {
  engine: { measure: measureEngine, table: tableOf },
  large: { measure: largeInProcesses, table: tableOfLarge },
}

const [name = '', ...flags] = process.argv.slice(2)
if (name === 'large-part') {
  await largePart(flags)
} else {
  const bench = Object.hasOwn(benches, name) ? benches[name] : undefined
  const unknown = flags.find(flag => flag !== '--json')
  if (bench === undefined || unknown !== undefined) {
    const what = bench === undefined ? `unknown benchmark ${name}` : `unknown option ${unknown}`
    const names = Object.keys(benches).join('|')
    console.error(`${what.trim()}; usage: npm run bench -- ${names} [--json]`)
    process.exit(2)
  }
  const report = await bench.measure()
  console.log(flags.length > 0 ? JSON.stringify(report, null, 2) : bench.table(report as never))
}
