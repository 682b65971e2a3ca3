// MLflow over its HTTP API (mlflow.org/docs, REST API 2.0): a run there for a run here.

import { RunError } from '../errors.ts'
import { type Asker, asker } from '../http/ask.ts'
import { type Server, serverOf } from '../http/post.ts'
import type { MetricsLine } from '../runs/writer.ts'
import type { Json } from '../types.ts'
import type { Ended, LoggedRun, Logger, LoggerKind } from './logger.ts'
import { knownAs, rememberAs } from './state.ts'

const mostMetrics = 1000 // of one request
const mostParameters = 100
const longestParameter = 500 // characters

const statuses: Readonly<Record<Ended, string>> = {
  done: 'FINISHED',
  stopped: 'KILLED',
  failed: 'FAILED',
}

/**
 * A server by its address, whose secrets stand in it by the names of variables; null for that of MLFLOW_TRACKING_URI. Throws
 * ConfigError where it is no address.
 */
export function mlflow(address: string, environment = process.env): LoggerKind {
  const { MLFLOW_TRACKING_TOKEN: token, MLFLOW_EXPERIMENT_NAME: experiment } = environment
  const server = serverOf(address, '/api/2.0/mlflow', token || null)
  const shown = `mlflow=${address}`
  return {
    shown,
    open: (run, lines, signal) =>
      open(server, { shown, experiment: experiment || 'minform' }, run, lines, signal),
  }
}

async function open(
  server: Server,
  { shown, experiment }: { readonly shown: string; readonly experiment: string },
  run: LoggedRun,
  lines: readonly MetricsLine[],
  signal: AbortSignal,
): Promise<Logger> {
  const api = apiOf(server, signal)
  const known = knownAs(run.folder, shown)
  const there = known === null ? null : await lastStep(api, known)
  const id = known !== null && there !== null ? known : await create(api, experiment, run)
  if (there === null) rememberAs(run.folder, shown, id)
  else await api('runs/update', { run_id: id, status: 'RUNNING' })
  const write = async (more: readonly MetricsLine[], ask: Api): Promise<void> => {
    for (const metrics of chunks(more.flatMap(metricsOf), mostMetrics))
      await ask('runs/log-batch', { run_id: id, metrics })
  }
  await write(
    lines.filter(({ iteration }) => iteration > (there ?? -1)),
    api,
  )
  return {
    write: (more, signal) => write(more, apiOf(server, signal)),
    rewind: async () => {}, // what was logged stays; the same steps come again
    end: async (ended, signal) => {
      const body = { run_id: id, status: statuses[ended], end_time: Date.now() }
      await apiOf(server, signal)('runs/update', body)
    },
  }
}

/** The last step that a run has; -1 where it has none, null where there is no such run. */
async function lastStep(api: Api, id: string): Promise<number | null> {
  const found = (await api(`runs/get?run_id=${encodeURIComponent(id)}`, null)) as {
    run?: { data?: { metrics?: readonly { step?: number | string }[] } }
  } | null
  if (found === null) return null
  return Math.max(-1, ...(found.run?.data?.metrics ?? []).map(({ step }) => Number(step ?? 0)))
}

async function create(api: Api, experiment: string, { name, config }: LoggedRun): Promise<string> {
  const of = await api(
    `experiments/get-by-name?experiment_name=${encodeURIComponent(experiment)}`,
    null,
  )
  const experimentId =
    (of as { experiment?: { experiment_id?: string } } | null)?.experiment?.experiment_id ??
    textIn(await api('experiments/create', { name: experiment }), 'experiment_id')
  const made = (await api('runs/create', {
    experiment_id: experimentId,
    run_name: name,
    start_time: Date.now(),
    tags: [{ key: 'mlflow.source.name', value: 'minform' }],
  })) as { run?: { info?: Json } } | null
  const id = textIn(made?.run?.info ?? null, 'run_id')
  const parameters = Object.entries(Object(config) as Record<string, Json>).map(([key, value]) => ({
    key,
    value: (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, longestParameter),
  }))
  for (const params of chunks(parameters, mostParameters))
    await api('runs/log-batch', { run_id: id, params })
  return id
}

function textIn(value: Json, name: string): string {
  const found = (Object(value) as Record<string, unknown>)[name]
  if (typeof found === 'string') return found
  throw new RunError(`the answer has no ${name}; is it an MLflow server?`)
}

/** Asks a path; null where a GET finds nothing there. */
type Api = (path: string, body: object | null) => Promise<Json>

function apiOf(server: Server, signal: AbortSignal): Api {
  const fail = (what: string): RunError => new RunError(what)
  const { ask }: Asker = asker(server, { retries: 0, timeoutMs: 30_000 }, { fail })
  return async (path, body) => {
    const text = body === null ? null : JSON.stringify(body)
    const found = await ask({ path, body: text, maybe: body === null, signal }, parsed)
    if (found.missing === null) return found.value
    if (body === null && found.missing === 'status 404') return null
    throw new RunError(
      `${server.shown}, ${path}: ${found.missing}${found.said && `: ${found.said}`}`,
    )
  }
}

function parsed(text: string): { readonly value: Json } | { readonly failed: string } {
  try {
    return { value: JSON.parse(text) as Json }
  } catch {
    return { failed: 'the answer is not JSON' }
  }
}

function metricsOf({ iteration, ...metrics }: MetricsLine): object[] {
  const timestamp = Date.now()
  return Object.entries(metrics).flatMap(([key, value]) =>
    typeof value === 'number' && Number.isFinite(value)
      ? [{ key, value, timestamp, step: iteration }]
      : [],
  )
}

function chunks<T>(all: readonly T[], most: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / most) }, (_, i) =>
    all.slice(i * most, (i + 1) * most),
  )
}
