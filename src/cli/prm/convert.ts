// `minform prm convert`: labelled solutions of any format, as minform's rows, TRL's, or problems of a judge. One line a solution, in order.

import { defineCommand } from 'citty'
import { judgingRowOf } from '../../prm/formats/judging.ts'
import { labelledRowOf } from '../../prm/formats/minform.ts'
import { type BadRow, labelledSolutions } from '../../prm/formats/read.ts'
import { trlRowOf } from '../../prm/formats/trl.ts'
import type { LabelledSolution } from '../../prm/solution.ts'
import { numberFlag } from '../flags.ts'
import { writeRecord } from '../io.ts'
import { readingArgs, readingOptions, readingSection } from './reading-flags.ts'

const command = defineCommand({
  meta: { name: 'convert', description: 'Labelled solutions of any format as rows of one' },
  args: {
    file: {
      type: 'positional',
      required: false,
      description: 'JSON Lines, a JSON array or Parquet; standard input when absent or -',
    },
    to: {
      type: 'enum',
      options: ['minform', 'trl', 'judging'],
      default: 'minform',
      description:
        'minform keeps all that is known; trl ends a solution before its first unknown label; judging makes problems of a judge that names the first wrong step',
    },
    labelThreshold: {
      type: 'string',
      valueHint: 'number',
      default: '0.5',
      description: 'of trl and judging: the label from which a step is right',
    },
    originals: { type: 'boolean', description: 'of PRMBench, also the right solutions' },
    ...readingArgs,
  },
  async run({ args, rawArgs }) {
    const threshold = numberFlag('--label-threshold', args.labelThreshold, { min: 0, max: 1 })
    const rowOf = (solution: LabelledSolution): unknown =>
      args.to === 'trl'
        ? trlRowOf(solution, { threshold })
        : args.to === 'judging'
          ? judgingRowOf(solution, { threshold })
          : labelledRowOf(solution)
    const options = { ...readingOptions(args, rawArgs), originals: args.originals === true }
    let [bad, unsaid] = [0, 0]
    const onBad = ({ message }: BadRow): void => {
      if (bad++ < 5) process.stderr.write(`minform: ${message}\n`)
    }
    const skipping = args.skipBad === true ? { onBad } : {}
    for await (const solution of labelledSolutions(args.file ?? '-', { ...options, ...skipping })) {
      const row = rowOf(solution)
      if (row === null) unsaid++
      else await writeRecord(row)
    }
    if (bad > 0) process.stderr.write(`minform: ${bad} rows could not be read\n`)
    if (unsaid > 0)
      process.stderr.write(
        `minform: ${unsaid} solutions ${args.to === 'judging' ? 'have an unknown label before the first wrong step' : 'begin with an unknown label'}\n`,
      )
  },
})

export default { ...command, sections: [readingSection] }
