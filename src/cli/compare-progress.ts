// What `minform compare` shows while it runs: a line a run, its progress, and the time that is left for all of them.

import type { CompareReport } from '../compare/compare.ts'
import { percent } from './percent.ts'
import { formatDuration, type Progress, type ProgressStream, progress } from './progress.ts'

/** Progress of a comparison; `now` is in seconds. */
export function compareProgress(
  stream: ProgressStream = process.stderr,
  now: () => number = () => performance.now() / 1000,
): CompareReport {
  const started = now()
  let bar: Progress | null = null
  const say = (line: string): void => {
    if (bar) bar.say(line)
    else stream.write(`${line}\n`)
  }
  const end = (): void => {
    bar?.end()
    bar = null
  }
  return {
    found: (complete, of) => {
      const note = complete > 0 ? `; ${complete} are there already` : ''
      say(`${of} runs${note}`)
    },
    start: ({ variant, seed, request: { iterations } }, number, of) => {
      end()
      if (number > 1) {
        const left = ((now() - started) / (number - 1)) * (of - number + 1)
        say(`${number - 1} of ${of} runs done, about ${formatDuration(left)} left`)
      }
      const label = `${variant.name}, seed ${seed} (${number} of ${of})`
      return {
        stages: { start: () => {}, update: () => {}, end: () => {} },
        begin: () => {},
        leftOut: problems => say(`${problems} problems are left out: the models cannot read them`),
        judge: () => {},
        canaries: () => {},
        say,
        start: (_, done) => {
          bar = progress(label, iterations, { stream, from: done })
        },
        iteration: (done, metrics) => {
          const right = percent(metrics['rollouts/accuracy'] ?? Number.NaN)
          bar?.update(done, `${right} of ${metrics['rollouts/graded'] ?? 0} right`)
          if (done === iterations) end()
        },
        validation: () => {},
      }
    },
    failed: ({ variant, seed }, error) => {
      end()
      const message = error instanceof Error ? error.message : String(error)
      say(`${variant.name}, seed ${seed} failed: ${message}`)
    },
  }
}
