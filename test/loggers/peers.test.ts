import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loggerOf } from '../../src/loggers/named.ts'

// What loggers wrote, read back by those that it is for. MINFORM_LOGGERS is a Python that has tensorboard, mlflow and wandb.

const python = process.env.MINFORM_LOGGERS ?? null
if (python === null)
  console.log('skipped: MINFORM_LOGGERS names no Python; .ci/loggers/run makes one')

const { signal } = new AbortController()
const folder = mkdtempSync(join(tmpdir(), 'minform-peers-'))
const run = { name: 'nice', folder, config: { recipe: 'grpo', options: { clip: 0.2 } } }
const line = (iteration: number, accuracy: number) => ({ iteration, 'rollouts/accuracy': accuracy })

/** Three iterations; the run is continued after the second, and goes back to the first. */
async function written(name: string): Promise<void> {
  const kind = loggerOf(name)
  const first = await kind.open(run, [], signal)
  await first.write([line(1, 0.25), line(2, 0.5), line(3, 0.125)], signal)
  const again = await kind.open(run, [line(1, 0.25), line(2, 0.5)], signal)
  await again.write([line(3, 0.75)], signal)
  await again.rewind([line(1, 0.25)], signal)
  await again.write([line(2, 0.625), line(3, 1)], signal)
  await again.end('done', signal)
}

const script = (text: string, ...args: string[]): unknown => {
  const file = join(folder, 'read.py')
  writeFileSync(file, text)
  const quiet = { ...process.env, WANDB_SILENT: 'true' }
  return JSON.parse(execFileSync(python!, [file, ...args], { encoding: 'utf8', env: quiet }))
}

describe.skipIf(python === null)('read back by the real one', { timeout: 120_000 }, () => {
  test('TensorBoard', async () => {
    await written('tensorboard')
    const read = `
import json, sys
from tensorboard.backend.event_processing.event_multiplexer import EventMultiplexer
all = EventMultiplexer().AddRunsFromDirectory(sys.argv[1])
all.Reload()
print(json.dumps([[run, e.step, e.value] for run in all.Runs() for e in all.Scalars(run, 'rollouts/accuracy')]))
`
    expect(script(read, folder)).toEqual([
      ['tensorboard', 1, 0.25],
      ['tensorboard', 2, 0.625],
      ['tensorboard', 3, 1],
    ])
  })

  test('wandb: its records, in its framing', async () => {
    await written('wandb=p')
    const [name] = readdirSync(join(folder, 'wandb')) as [string]
    const file = join(folder, 'wandb', name, `run-${name.split('-').at(-1)}.wandb`)
    const read = `
import json, struct, sys, zlib
from wandb.proto import wandb_internal_pb2 as proto
data = open(sys.argv[1], 'rb').read()
at, found = 7, []
while at < len(data):
    crc, length, kind = struct.unpack('<IHB', data[at:at + 7])
    body = data[at + 7:at + 7 + length]
    assert kind == 1 and crc == zlib.crc32(body, zlib.crc32(bytes([kind])))
    record = proto.Record.FromString(body)
    what = record.WhichOneof('record_type')
    items = record.history.item if what == 'history' else record.run.config.update
    found.append([what, {i.key or i.nested_key[0]: json.loads(i.value_json) for i in items if 'time' not in (i.nested_key or [''])[0]}])
    at += 7 + length
print(json.dumps(found))
`
    expect(script(read, file)).toEqual([
      ['header', {}],
      ['run', run.config],
      ['history', { 'rollouts/accuracy': 0.25, _step: 1 }],
      ['history', { 'rollouts/accuracy': 0.625, _step: 2 }],
      ['history', { 'rollouts/accuracy': 1, _step: 3 }],
      ['exit', {}],
    ])
  })

  describe('MLflow', () => {
    let server: ChildProcess
    let port = 0
    beforeAll(async () => {
      port = await freePort()
      const store = ['--backend-store-uri', `sqlite:///${join(folder, 'mlflow.db')}`]
      const args = ['-m', 'mlflow', 'server', ...store, '--port', String(port), '--workers', '1']
      server = spawn(python!, args, { cwd: folder, stdio: 'ignore', detached: true })
      for (let left = 90; left > 0; left--) {
        const is = await fetch(`http://127.0.0.1:${port}/health`).catch(() => null)
        if (is?.ok) return
        await sleep(1000)
      }
    }, 120_000)
    afterAll(() => {
      if (server?.pid !== undefined) process.kill(-server.pid, 'SIGKILL')
    })

    test('a run, its parameters, and what was logged at each step', async () => {
      await written(`mlflow=http://127.0.0.1:${port}`)
      const read = `
import json, sys, mlflow
client = mlflow.MlflowClient(sys.argv[1])
[run] = client.search_runs([client.get_experiment_by_name('minform').experiment_id])
history = client.get_metric_history(run.info.run_id, 'rollouts/accuracy')
last = {m.step: m.value for m in sorted(history, key=lambda m: m.timestamp)}
print(json.dumps([run.info.run_name, run.info.status, run.data.params['recipe'], last]))
`
      expect(script(read, `http://127.0.0.1:${port}`)).toEqual([
        ...['nice', 'FINISHED', 'grpo'],
        { 1: 0.25, 2: 0.625, 3: 1 },
      ])
    })
  })
})

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
