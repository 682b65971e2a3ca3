// npm run bench -- <name> [--json]: measures this machine, and prints a table or JSON.

import { measureEngine, tableOf } from './engine.ts'

const [name, ...flags] = process.argv.slice(2)
const unknown = flags.find(flag => flag !== '--json')
if (name !== 'engine' || unknown !== undefined) {
  const what = name === 'engine' ? `unknown option ${unknown}` : `unknown benchmark ${name ?? ''}`
  console.error(`${what.trim()}; usage: npm run bench -- engine [--json]`)
  process.exit(2)
}
const report = await measureEngine()
console.log(flags.length > 0 ? JSON.stringify(report, null, 2) : tableOf(report))
