// npm run bench -- <name> [--json] [--peer PYTHON] [--docs FOLDER]: measures this machine, and prints a table or JSON. PYTHON
// has torch, transformers and trl: where a bench knows the same work there, it runs it in turn. Where a bench has a page in
// the docs, it is written to FOLDER.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const benchmarks: Readonly<Record<string, (peer: string | null) => Promise<Report>>> = {
  controller: async () => {
    const { controllerLines, measureController } = await import('./controller.ts')
    const report = await measureController()
    return { report, text: controllerLines(report) }
  },
  'controller-memory': async () => {
    const { measureMemory, memoryLines } = await import('./controller-memory.ts')
    const report = await measureMemory()
    return { report, text: memoryLines(report) }
  },
  credit: async () => {
    const { creditLines, measureCredit } = await import('./credit.ts')
    const report = measureCredit()
    return { report, text: creditLines(report) }
  },
  engine: async () => {
    const { measureEngine, tableOf } = await import('./engine.ts')
    const report = await measureEngine()
    return { report, text: tableOf(report) }
  },
  grade: async () => {
    const { gradeLines, measureGrade } = await import('./grade.ts')
    const report = measureGrade()
    return { report, text: gradeLines(report) }
  },
  iteration: async () => {
    const { iterationLines, measureIteration } = await import('./iteration.ts')
    const report = await measureIteration()
    return { report, text: iterationLines(report) }
  },
  groups: async peer => {
    const { groupLines, measureGroups } = await import('./groups.ts')
    const report = await measureGroups(peer)
    return { report, text: groupLines(report) }
  },
  label: async () => {
    const { labelLines, measureLabels } = await import('./label.ts')
    const report = await measureLabels()
    return { report, text: labelLines(report) }
  },
  large: async () => {
    const { largeInProcesses, tableOfLarge } = await import('./large.ts')
    const report = await largeInProcesses()
    return { report, text: tableOfLarge(report) }
  },
  overlap: async () => {
    const { measureOverlap, overlapLines } = await import('./overlap.ts')
    const report = await measureOverlap()
    return { report, text: overlapLines(report) }
  },
  precision: async peer => {
    const { measurePrecision, precisionLines } = await import('./precision.ts')
    const report = await measurePrecision(peer)
    return { report, text: precisionLines(report) }
  },
  prm: async () => {
    const { measurePrm, prmLines } = await import('./prm.ts')
    const report = await measurePrm()
    return { report, text: prmLines(report) }
  },
  search: async () => {
    const { measureSearch, searchLines } = await import('./search.ts')
    const report = await measureSearch()
    return { report, text: searchLines(report) }
  },
  simulation: async () => {
    const { simulate, simulationLines } = await import('./simulation.ts')
    const report = simulate()
    return { report, text: simulationLines(report) }
  },
  sizes: async () => {
    const { measureSizes, sizeLines } = await import('./sizes.ts')
    const report = await measureSizes()
    return { report, text: sizeLines(report) }
  },
  speed: async peer => {
    const { measureSpeed, speedDocument } = await import('./speed.ts')
    const report = await measureSpeed(peer)
    return { report, text: speedDocument(report), page: 'speed.md' }
  },
  view: async () => {
    const { measureView, viewLines } = await import('./view.ts')
    const report = await measureView()
    return { report, text: viewLines(report) }
  },
  'what-if': async () => {
    const { measureWhatIf, whatIfLines } = await import('./what-if.ts')
    const report = measureWhatIf()
    return { report, text: whatIfLines(report) }
  },
}

interface Report {
  readonly report: unknown
  readonly text: string
  readonly page?: string // where the text belongs in the docs
}

const [name = '', ...flags] = process.argv.slice(2)
if (name === 'large-part') {
  await (await import('./large.ts')).largePart(flags)
  process.exit(0)
}
if (name === 'sizes-part') {
  await (await import('./sizes.ts')).sizesPart(flags)
  process.exit(0)
}
const [peer, docs] = ['--peer', '--docs'].map(flag => {
  const at = flags.indexOf(flag)
  return at < 0 ? null : (flags.splice(at, 2)[1] ?? '')
}) as [string | null, string | null]
const unknown = flags.find(flag => flag !== '--json')
if (!Object.hasOwn(benchmarks, name) || unknown !== undefined) {
  const what = Object.hasOwn(benchmarks, name)
    ? `unknown option ${unknown}`
    : `unknown benchmark ${name}`
  const options = '[--json] [--peer PYTHON] [--docs FOLDER]'
  console.error(
    `${what.trim()}; usage: npm run bench -- ${Object.keys(benchmarks).join('|')} ${options}`,
  )
  process.exit(2)
}
const { report, text, page } = await benchmarks[name]!(peer)
if (docs !== null && page !== undefined) writeFileSync(join(docs, page), text)
console.log(flags.length > 0 ? JSON.stringify(report, null, 2) : text)
