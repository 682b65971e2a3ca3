// `minform prm eval`: how good is a judge of steps? By a scorer's scores or a file's, on labelled solutions or candidates.

import { writeFileSync } from 'node:fs'
import { defineCommand } from 'citty'
import { ConfigError, DataError } from '../../errors.ts'
import { reliabilityPlot } from '../../prm/evaluate/reliability-plot.ts'
import { candidateFormatNames } from '../../prm/formats/read-candidates.ts'
import { pairStyles } from '../../prm/score/pair-judge.ts'
import type { StepScorer } from '../../prm/score/step-scorer.ts'
import { type Flags, type Given, numberFlag, wholeFlag } from '../flags.ts'
import { stoppable } from '../interrupt.ts'
import { say } from '../io.ts'
import { placeSection } from '../model.ts'
import { promptArgs, promptSection } from '../training/prompt.ts'
import { openAskingScorer } from './asking-scorer.ts'
import { type EvalOptions, evaluateSubject } from './eval-measures.ts'
import { evaluatePairs } from './eval-pairs.ts'
import { type EvalReport, evalText } from './eval-report.ts'
import { fileSource, type ScoreSource, scorerSource } from './eval-scores.ts'
import { readSubject } from './eval-subject.ts'
import { readingArgs, readingOptions, readingSection } from './reading-flags.ts'
import { judgeSection, scorerArgs } from './scorer-flags.ts'

const args = {
  file: {
    type: 'positional',
    required: false,
    description:
      'labelled solutions or candidates, of any format; a folder of them; standard input when absent or -',
  },
  scores: {
    type: 'string',
    valueHint: 'file',
    description: 'instead of a scorer: file of {id, scores}, as prm score writes it',
  },
  ...scorerArgs,
  pairs: {
    type: 'enum',
    options: Object.keys(pairStyles),
    description: `candidates two at a time, in both places, by --judge or --pair-model: ${Object.entries(
      pairStyles,
    )
      .map(([name, { about }]) => `${name}, ${about}`)
      .join('; ')}`,
  },
  pairModel: {
    type: 'string',
    valueHint: 'model',
    description: 'of --pairs: a model here that compares, in the place of --judge',
  },
  thresholdFrom: {
    type: 'string',
    valueHint: 'file|name',
    description:
      'choose the threshold on this file of labelled solutions, or on this subset of the file (gsm8k)',
  },
  ...readingArgs,
  format: {
    type: 'enum',
    options: [...readingArgs.format.options, ...candidateFormatNames],
    description: 'of the file, where its rows do not say it',
  },
  range: {
    type: 'string',
    valueHint: 'range',
    description: 'of the scores of a file: LOWEST,HIGHEST; default 0,1 where all are within',
  },
  bins: { type: 'string', valueHint: 'count', description: 'of calibration; default 10' },
  bestOf: {
    type: 'string',
    valueHint: 'list',
    description: 'candidates, comma between them; default powers of 2',
  },
  trials: {
    type: 'string',
    valueHint: 'count',
    description: 'random subsets of n candidates; default 400',
  },
  seed: { type: 'string', valueHint: 'number', description: 'of these; default 0' },
  ...promptArgs,
  svg: { type: 'string', valueHint: 'file', description: 'file for a picture of the calibration' },
  json: { type: 'boolean', description: 'print the report as JSON' },
} as const satisfies Flags

const command = defineCommand({
  meta: { name: 'eval', description: 'Measure a judge of steps' },
  args,
  run: async ({ args, rawArgs }) => {
    const report = await evaluate(args, rawArgs)
    process.stdout.write(
      args.json === true ? `${JSON.stringify(report, null, 2)}\n` : evalText(report),
    )
    if (args.svg !== undefined) writePlot(report, args.svg) // what was measured is told even if it cannot be drawn
  },
})

export default { ...command, sections: [readingSection, promptSection, placeSection, judgeSection] }

/** What the flags ask for, measured. */
export async function evaluate(args: Given, rawArgs: readonly string[]): Promise<EvalReport> {
  const text = (name: string): string | undefined => args[name] as string | undefined
  const path = text('file') ?? '-'
  const reading = { ...readingOptions(args, rawArgs), skipBad: args.skipBad === true }
  const subject = await readSubject(path, text('format'), reading)
  for (const { message } of subject.bad.slice(0, 5)) process.stderr.write(`minform: ${message}\n`)
  const options = { ...optionsOf(args), reading }
  if (args.pairModel !== undefined && args.pairs === undefined)
    throw new ConfigError('--pair-model goes with --pairs')
  return stoppable(async signal => {
    if (args.pairs !== undefined) return evaluatePairs(subject, path, { args, ...options }, signal)
    let scorer: StepScorer | null = null
    try {
      scorer = await namedScorer(args)
      const source = scorer ? scorerSource(scorer, signal) : await namedFile(args)
      return await evaluateSubject(subject, path, source, options)
    } finally {
      await scorer?.close()
    }
  }, say)
}

/** The scorer that the flags name; null where they name none. */
async function namedScorer(args: Given): Promise<StepScorer | null> {
  const [kind] = ['prm', 'judge', 'oracle'].filter(name => args[name] !== undefined)
  if (kind === undefined) return null
  if (args.scores !== undefined)
    throw new ConfigError(`give either --scores or --${kind}, not both`)
  return openAskingScorer(args)
}

async function namedFile(args: Given): Promise<ScoreSource | null> {
  return args.scores === undefined ? null : fileSource(args.scores as string)
}

function optionsOf(args: Given): Omit<EvalOptions, 'reading'> {
  const text = (name: string): string | undefined => args[name] as string | undefined
  const [threshold, thresholdFrom] = [text('threshold'), text('thresholdFrom')]
  if (threshold !== undefined && thresholdFrom !== undefined)
    throw new ConfigError('give either --threshold or --threshold-from, not both')
  return {
    threshold: threshold === undefined ? null : numberFlag('--threshold', threshold),
    thresholdFrom: thresholdFrom ?? null,
    range: text('range') === undefined ? null : rangeOf(text('range')!),
    bins: wholeFlag(args, 'bins', 10),
    ns: text('bestOf') === undefined ? null : text('bestOf')!.split(',').map(countOf),
    trials: wholeFlag(args, 'trials', 400),
    seed: wholeFlag(args, 'seed', 0, 0),
  }
}

function rangeOf(text: string): readonly [number, number] {
  const [lowest, highest, ...more] = text.split(',').map(end => numberFlag('--range', end))
  if (lowest === undefined || highest === undefined || more.length > 0 || !(lowest < highest))
    throw new ConfigError(`--range is LOWEST,HIGHEST, got '${text}'`)
  return [lowest, highest]
}

function countOf(text: string): number {
  return numberFlag('--best-of', text, { min: 1, integer: true })
}

function writePlot({ steps, judge }: EvalReport, file: string): void {
  if (!steps) throw new ConfigError('--svg goes with labelled solutions: it shows calibration')
  if (!steps.calibration)
    throw new DataError('--svg: scores without a lowest and a highest are no chances; give --range')
  try {
    writeFileSync(file, reliabilityPlot(steps.calibration, judge))
  } catch (cause) {
    const why = (cause as Error).message
    throw new ConfigError(`--svg: cannot write ${file}: ${why}; choose another place`, { cause })
  }
}
