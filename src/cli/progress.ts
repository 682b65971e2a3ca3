// Progress with time left, on standard error: a terminal gets one line that is rewritten, anything
// else gets a plain line every few seconds, so that a log stays short.

/** Where progress is shown: standard error, or what a test gives. */
export interface ProgressStream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

export interface ProgressOptions {
  readonly stream?: ProgressStream
  readonly unit?: string // what is counted, for the rate: 'rollouts'; none shows no rate
  readonly from?: number // done before, which says nothing of the rate; default 0
  readonly now?: () => number // seconds
  readonly every?: number // seconds between plain lines; default 5
  readonly window?: number // seconds that the rate looks back; default 30
}

/** Progress of one piece of work. */
export interface Progress {
  /** Shows that `done` of the total are done; the note stands at the end of the line. */
  update(done: number, note?: string): void
  /** Prints a line that stays, above the progress. */
  say(line: string): void
  /** Ends the progress; its last state stays on screen. */
  end(note?: string): void
}

/** Shows the progress of a piece of work with a known total. */
export function progress(label: string, total: number, options: ProgressOptions = {}): Progress {
  const { stream = process.stderr, unit, from = 0, now = () => performance.now() / 1000 } = options
  const terminal = stream.isTTY === true
  const every = terminal ? 0.1 : (options.every ?? 5)
  const rate = smoothedRate(now(), { from, seconds: options.window ?? 30 })
  const started = now()
  let state = { done: from, note: '' }
  let shown = Number.NEGATIVE_INFINITY

  const line = (): string => {
    const { done, note } = state
    return progressLine({ label, done, total, note, unit, perSecond: rate.perSecond() })
  }
  const draw = (): void => {
    shown = now()
    if (terminal) stream.write(`\r\u001b[2K${clip(line(), columnsOf(stream) - 1)}`)
    else stream.write(`${line()}\n`)
  }
  return {
    update: (done, note = state.note) => {
      state = { done, note }
      rate.add(now(), done)
      if (now() - shown >= every) draw()
    },
    say: text => {
      stream.write(terminal ? `\r\u001b[2K${text}\n` : `${text}\n`)
      if (terminal) draw()
    },
    end: (note = state.note) => {
      const took = `${label} ${state.done}/${total} in ${formatDuration(now() - started)}`
      const text = note === '' ? took : `${took} · ${note}`
      stream.write(terminal ? `\r\u001b[2K${text}\n` : `${text}\n`)
    },
  }
}

export interface ProgressState {
  readonly label: string
  readonly done: number
  readonly total: number
  readonly perSecond: number | null // null while it is not known
  readonly unit?: string | undefined
  readonly note?: string
}

/** The one line that shows a state: `train ████░░░░ 12/50 · 3.2 it/s · 12 s left · note`. */
export function progressLine(state: ProgressState): string {
  const { label, done, total, perSecond, unit, note } = state
  const parts = [`${label} ${bar(total > 0 ? done / total : 0)} ${done}/${total}`]
  if (perSecond !== null && unit !== undefined) parts.push(formatRate(perSecond, unit))
  if (perSecond !== null && perSecond > 0 && done < total) {
    parts.push(`${formatDuration((total - done) / perSecond)} left`)
  }
  if (note) parts.push(note)
  return parts.join(' · ')
}

/** Columns of a stream; what does not tell, or tells 0 as some terminals do, has 80, and what is no terminal has no end. */
export function columnsOf({ isTTY, columns }: ProgressStream): number {
  if (isTTY !== true) return Infinity
  return columns !== undefined && columns > 0 ? columns : 80
}

/** A bar that is filled by a fraction in [0, 1]. */
export function bar(fraction: number, width = 20): string {
  const share = Number.isFinite(fraction) ? Math.min(1, Math.max(0, fraction)) : 0
  const filled = Math.floor(share * width)
  return '█'.repeat(filled) + '░'.repeat(width - filled)
}

/** Seconds as people say them, two units at most: `0.4 s`, `12 s`, `3 min 05 s`, `2 h 10 min`, `3 d 4 h`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '?'
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${padded(whole % 60)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${padded(minutes % 60)} min`
  const hours = Math.round(seconds / 3600)
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** A rate with three digits: `3.21 it/s`; a slow one is told by its inverse: `12 s/it`. */
export function formatRate(perSecond: number, unit: string): string {
  if (!Number.isFinite(perSecond) || perSecond <= 0) return `? ${unit}/s`
  if (perSecond < 0.995) return `${formatDuration(1 / perSecond)}/${unit.replace(/s$/, '')}`
  if (perSecond >= 999.5) return `${Math.round(perSecond / 100) / 10}k ${unit}/s`
  return `${perSecond.toPrecision(3)} ${unit}/s`
}

/** The rate over the last points, so that a slow start is forgotten and one slow item does not jump. */
export function smoothedRate(
  start: number,
  { from = 0, seconds = 30, points = 10 } = {},
): { add(time: number, done: number): void; perSecond(): number | null } {
  const seen = [{ time: start, done: from }]
  return {
    add: (time, done) => {
      seen.push({ time, done })
      while (seen.length > points && time - (seen[1] as { time: number }).time >= seconds)
        seen.shift()
    },
    perSecond: () => {
      const [first, last] = [seen[0], seen.at(-1)] as [(typeof seen)[0], (typeof seen)[0]]
      const time = last.time - first.time
      return time > 0 && last.done > first.done ? (last.done - first.done) / time : null
    },
  }
}

function padded(n: number): string {
  return String(n).padStart(2, '0')
}

function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`
}
