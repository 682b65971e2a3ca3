// What the crash trials preload into a program, and what the program does there.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, sep } from 'node:path'
import { expect, test } from 'vitest'
import { carriedModels } from '../../src/model-source/carried-models.ts'
import { built } from '../built.ts'

const trials = join(import.meta.dirname, '..', '..', 'trials', 'crash')
const newFolder = (): string => mkdtempSync(join(tmpdir(), 'minform-crash-'))

interface Ran {
  readonly args: readonly string[]
  readonly preload: string
  readonly env: Readonly<Record<string, string>>
  readonly output?: string
}

function ran({ args, preload, env, output }: Ran): { code: number | null; said: string } {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--import', join(trials, preload), ...args],
    {
      env: { ...process.env, ...env },
      encoding: 'utf8',
      stdio: ['ignore', output === undefined ? 'pipe' : openSync(output, 'w'), 'pipe'],
    },
  )
  return { code: status, said: stderr }
}

test('a disk is full in the midst of a byte, whatever function writes', () => {
  const folder = newFolder()
  const ways = {
    bytes: "fs.writeSync(fs.openSync(file, 'w'), Buffer.from(text), 0, 6)",
    writeFileSync: 'fs.writeFileSync(file, text)',
    writeFile: 'await fs.promises.writeFile(file, text)',
    handle: "await (await fs.promises.open(file, 'w')).writeFile(text)",
  }
  for (const [name, way] of Object.entries(ways)) {
    const file = join(folder, name)
    const script = join(folder, `${name}.mjs`)
    writeFileSync(
      script,
      `import fs from 'node:fs'\nconst [file, text] = [${JSON.stringify(file)}, 'abcdef']\n${way}\n${way.replace("'w'", "'a'")}`,
    )
    const { code, said } = ran({
      args: [script],
      preload: 'full-disk.mjs',
      env: { MINFORM_TRIAL_BYTES: '4' },
    })
    expect([name, code]).toEqual([name, 1])
    expect(said).toContain('ENOSPC: no space left on device, write')
    expect(readFileSync(file, 'utf8')).toMatch(/^(abcd)?$/) // a file that is opened again for writing is empty
  }
})

test('records on a full disk end by name, after what fitted', () => {
  const folder = newFolder()
  const rows = join(folder, 'rows.jsonl')
  writeFileSync(rows, '{"gold": "1", "pred": "2", "mode": "answer"}\n'.repeat(8))
  const [whole, torn] = ['whole', 'torn'].map(name => join(folder, name)) as [string, string]
  const args = [built('cli/main'), 'grade', rows]
  const [first, second] = [
    { output: whole, env: {} },
    { output: torn, env: { MINFORM_TRIAL_BYTES: '333' } },
  ].map(given => ran({ args, preload: 'full-disk.mjs', ...given }))
  expect(first!.code).toBe(0)
  expect(second!.code).toBe(1)
  expect(second!.said).toMatch(/^minform: cannot write to standard output: ENOSPC.*disk has space/)
  expect(readFileSync(torn, 'utf8')).toBe(readFileSync(whole, 'utf8').slice(0, 333))
})

test('what a run renames is on disk before, and its folder after', () => {
  const folder = newFolder()
  const [run, trace] = [join(folder, 'run'), join(folder, 'trace')]
  const flags = ['--model', carriedModels.base, '--batch', '1', '--max-tokens', '8']
  const { code, said } = ran({
    args: [
      ...[built('cli/main'), 'train', 'grpo', ...flags, '--lora', '2', '--threads', '1'],
      ...['--iterations', '1', '--checkpoint-every', '1', '--eval-every', '0', '--run', run],
    ],
    preload: 'disk-trace.mjs',
    env: { MINFORM_TRIAL_TRACE: trace },
  })
  expect([code, said.slice(-500)]).toEqual([0, expect.anything()])
  const lines = readFileSync(trace, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as string[])
  const renames = lines.flatMap(([what, from, to], at) =>
    what === 'rename' && to!.startsWith(run + sep) && existsSync(to!)
      ? [{ from: from!, to: to!, at }]
      : [],
  )
  const isSynced = (path: string, from: number, to?: number): boolean =>
    lines.slice(from, to).some(([what, at]) => what === 'sync' && at === path)
  expect(renames.filter(({ to }) => to.includes(`${sep}checkpoints${sep}`)).length).toBeGreaterThan(
    0,
  )
  expect(renames.filter(({ to }) => to.endsWith('.parquet')).length).toBeGreaterThan(0)
  for (const { from, to, at } of renames) {
    const part = to.endsWith('.parquet') // waits for the checkpoint that holds it
    expect([to, isSynced(dirname(to), at)]).toEqual([to, true])
    expect([to, part ? isSynced(to, at) : isSynced(from, 0, at)]).toEqual([to, true])
  }
})
