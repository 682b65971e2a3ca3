// How many tokens a second one controller can keep up with, by the GPUs behind it, and what stands in the way then: arithmetic
// with what was measured of the controller and of a server, and with what is assumed of GPUs. Nothing is run.

/** Of the controller, by `npm run bench -- controller`, and of a server's protocol, on a CPU: the floor below every call. */
const measured = {
  usReading: 1.05, // of processor time a token: answers read, decoded, cut into steps
  usRest: 1.97, // graded, credited, learned from, counted, stored
  passMs: 157, // a pass over sequences, whatever is in it
  stepMs: 169,
  publishMs: 324,
  sampleMs: 212, // a request for samples, beside the tokens
  bytesIn: 28 + 22, // of JSON a token: samples, and the log-probabilities of a pass
  bytesOut: 12 + 40, // a pass to read, and one to learn
  bytesStored: 17, // of Parquet
  bytesHeld: 50, // of memory a token, of a rollout with its text, rewards, credit and advantages
}

/** Of GPUs and a model of 7 billion parameters; half of the GPUs sample, the others learn. */
const assumed = {
  sampledPerGpu: 3000, // tokens a second
  perSequence: 40, // tokens a second of one rollout
  readPerGpu: 25_000,
  learnedPerGpu: 8000,
}

/** How the run is set up. */
interface Setting {
  readonly name: string
  readonly problems: number // of an iteration
  readonly inFlight: number // requests for samples
  readonly passTokens: number // of one pass
  readonly threads: number // that the controller's work is spread over
}

const [samples, newTokens] = [8, 1024]
const settings: readonly Setting[] = [
  { name: 'as it comes', problems: 256, inFlight: 128, passTokens: 65_536, threads: 1 },
  { name: 'more requests', problems: 2048, inFlight: 4096, passTokens: 65_536, threads: 1 },
  { name: 'larger passes', problems: 2048, inFlight: 4096, passTokens: 1_048_576, threads: 1 },
  { name: 'four threads', problems: 4096, inFlight: 4096, passTokens: 1_048_576, threads: 4 },
]
const gpus = [8, 32, 128, 512, 1024]

export interface SimulationReport {
  readonly measured: typeof measured
  readonly assumed: typeof assumed
  readonly rows: readonly Row[]
}

interface Row extends Pick<Setting, 'name'> {
  readonly gpus: number
  readonly tokensPerSecond: number
  readonly ofTheGpus: number // share of what they could do
  readonly limit: string // what takes longest
  readonly cores: number // of the controller
  readonly megabytesPerSecond: number // through its network
  readonly gigabytesHeld: number // of two iterations' rollouts
}

/** Every setting with every number of GPUs. */
export function simulate(): SimulationReport {
  const rows = settings.flatMap(setting => gpus.map(count => rowOf(setting, count)))
  return { measured, assumed, rows }
}

/** Seconds of an iteration that is sampled ahead: sampling and learning take place side by side, and the controller beside both. */
function rowOf({ name, problems, inFlight, passTokens, threads }: Setting, count: number): Row {
  const tokens = problems * samples * newTokens
  const passes = Math.ceil(tokens / passTokens)
  const half = count / 2
  const gpuSampling = tokens / (half * assumed.sampledPerGpu)
  const gpuLearning = tokens / (half * assumed.readPerGpu) + tokens / (half * assumed.learnedPerGpu)
  const oneRequest = newTokens / assumed.perSequence + measured.sampleMs / 1000
  const waiting = Math.ceil(problems / inFlight) * oneRequest
  const floors = (2 * passes * measured.passMs + measured.stepMs + measured.publishMs) / 1000
  const controller = (tokens * (measured.usReading + measured.usRest)) / 1e6 / threads
  const limits = {
    'GPUs that sample': gpuSampling,
    'GPUs that learn': gpuLearning,
    'requests in flight': waiting,
    'calls, one after another': gpuLearning + floors,
    'the controller': controller,
  }
  const seconds = Math.max(...Object.values(limits))
  // a call's floor is no limit of its own where the GPUs take most of its time
  const slow = floors > 0.2 * gpuLearning ? 'calls, one after another' : 'GPUs that learn'
  const [longest] = Object.entries(limits).find(([, time]) => time === seconds)!
  const rate = tokens / seconds
  return {
    name,
    gpus: count,
    tokensPerSecond: rate,
    ofTheGpus: Math.max(gpuSampling, gpuLearning) / seconds,
    limit: longest === 'calls, one after another' ? slow : longest,
    cores: (rate * (measured.usReading + measured.usRest)) / 1e6,
    megabytesPerSecond: (rate * (measured.bytesIn + measured.bytesOut)) / 1e6,
    gigabytesHeld: (2 * tokens * measured.bytesHeld) / 1e9,
  }
}

/** The report as a table for people, which is one of Markdown too. */
export function simulationLines({ rows }: SimulationReport): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const titles = 'setting|GPUs|tokens/s|of the GPUs|limited by|cores|MB/s|GB held'.split('|')
  return [
    line(titles),
    line(titles.map(() => '---')),
    ...rows.map(row =>
      line([
        row.name,
        String(row.gpus),
        (1000 * Math.round(row.tokensPerSecond / 1000)).toLocaleString('en-US'),
        `${Math.round(100 * row.ofTheGpus)} %`,
        row.limit,
        row.cores.toFixed(1),
        row.megabytesPerSecond.toFixed(0),
        row.gigabytesHeld.toFixed(1),
      ]),
    ),
  ].join('\n')
}
