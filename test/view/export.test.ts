// Runs as a folder of files that open without a server.

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { findRecipe } from '../../src/cli/training/flags.ts'
import viewCommand from '../../src/cli/view.ts'
import { runFolders } from '../../src/runs/folders.ts'
import { rolloutPart } from '../../src/runs/layout.ts'
import type { RunAnswer, RunsAnswer } from '../../src/view/api.ts'
import { exportRuns } from '../../src/view/export.ts'
import { printedBy } from '../cli/commands.ts'
import { begun, left, made, newRoot, told } from './made.ts'

const html = '<!doctype html>\n<html data-from="server">\n<head>\n</head></html>'
const page = new Map(
  Object.entries({ '/index.html': html, '/page.js': 'let x' }).map(([path, text]) => [
    path,
    { type: '', bytes: new Uint8Array(Buffer.from(text)) },
  ]),
)

function exported(root: string, folder: string, iterations: ReadonlySet<number> | null = null) {
  return exportRuns({ runs: runFolders([root]), find: findRecipe, folder, iterations, page })
}

/** What the script of a path hands over, run as a browser runs it. */
function put(folder: string, path: string): unknown {
  const found = new Map<string, unknown>()
  const minform = { put: (path: string, value: unknown) => found.set(path, value) }
  const context = { window: { minform } }
  runInNewContext(readFileSync(join(folder, 'data', `${path}.js`), 'utf8'), context)
  expect([...found.keys()]).toEqual([path])
  return found.get(path)
}

const same = (answer: unknown): unknown => JSON.parse(JSON.stringify(answer))

test('its scripts hand over what the server answers, whatever a model wrote', async () => {
  const root = newRoot()
  const bad = '</script><script>alert(1)</script><!--\u2028\u2029\u0000"\\'
  const run = begun(join(root, 'one'))
  const parts = { [bad]: 1, ['__proto__']: 2 }
  for (const iteration of [1, 2])
    run.rollouts(
      iteration,
      made.rows.map(row => ({ ...row, text: bad, parts })),
    )
  run.metrics({ iteration: 1, [bad]: 3 })
  run.close()
  const out = join(root, '.out')
  const found = await exported(root, out)
  expect(found).toMatchObject({ runs: 1, iterations: 2, leftOut: [] })
  const answer = told(root)
  for (const path of ['runs', 'run/one', 'run/one/1', 'run/one/2', 'run/one/2/0'])
    expect(same(put(out, path)), path).toEqual(same(await answer(path)))
  const group = put(out, 'run/one/1/0') as { rollouts: { text: string; parts: object }[] }
  expect(group.rollouts[0]!.text).toBe(bad)
  expect(Object.keys(group.rollouts[0]!.parts)).toContain('__proto__')
  expect(readFileSync(join(out, 'data/run/one/1/0.js'), 'utf8')).not.toMatch(/<|\u2028|\u2029/)
  expect(readFileSync(join(out, 'page.js'), 'utf8')).toBe('let x')
  const index = readFileSync(join(out, 'index.html'), 'utf8')
  expect(index).toContain('<html data-from="files">')
  expect(index).toContain(`content="default-src 'none'; script-src 'self' file:;`)
})

test('only the iterations that are asked for, and of those what can be read', async () => {
  const root = newRoot()
  const run = begun(join(root, 'one'))
  for (const iteration of [1, 2, 3]) run.rollouts(iteration, made.rows)
  run.close()
  writeFileSync(rolloutPart(run.folder, 3), 'torn')
  const out = join(root, '.out')
  const { leftOut, iterations } = await exported(root, out, new Set([2, 3]))
  expect(iterations).toBe(1)
  expect(leftOut).toEqual([expect.stringContaining('part-00003.parquet')])
  expect((put(out, 'run/one') as RunAnswer).recorded).toEqual([2])
  expect(readdirSync(join(out, 'data/run/one')).sort()).toEqual(['2', '2.js'])
})

test('a run that cannot be read stands among the others', async () => {
  const root = newRoot()
  left(join(root, 'one'))
  writeFileSync(join(left(join(root, 'two')), 'config.json'), '{')
  const out = join(root, '.out')
  expect((await exported(root, out)).leftOut).toEqual([expect.stringContaining('config.json')])
  const { runs } = put(out, 'runs') as RunsAnswer
  expect(runs.map(({ wrong }) => wrong === null)).toEqual([true, false])
  expect(readdirSync(join(out, 'data/run'))).toEqual(['one', 'one.js'])
})

test('nothing is written where something is in the way, or nothing can be exported', async () => {
  const root = newRoot()
  left(join(root, 'one'))
  const out = join(root, '.out')
  await expect(exported(root, out, new Set([1, 7]))).rejects.toThrow('of iteration 7 are recorded')
  const found = { runs: runFolders([root]), find: findRecipe, folder: out, iterations: null }
  await expect(exportRuns({ ...found, page: null })).rejects.toThrow('the page is not built')
  await expect(exported(root, join(root, 'one'))).rejects.toThrow('is there already')
  const none = newRoot()
  await expect(exported(none, out)).rejects.toThrow('there is no run here')
  expect(existsSync(out)).toBe(false)
  expect(readdirSync(root)).toEqual(['one'])
})

test('the command says where the page is, at the place that was asked for', async () => {
  const root = newRoot()
  const run = left(join(root, 'one'))
  const args = [`${run}/1/0/1`, '--export', join(root, 'out'), '--only', '1']
  const text = await printedBy(viewCommand(args), args)
  expect(text).toBe(`${join(root, 'out', 'index.html')}#/one/1/0/1\n`)
  for (const [bad, wrong] of [
    [['--only', '2-1'], '--only is iterations such as 1,5-8'],
    [['--port', '8000'], '--port is of a server'],
  ] as const) {
    const more = [run, '--export', join(root, 'other'), ...bad]
    await expect(printedBy(viewCommand(more), more)).rejects.toThrow(wrong)
  }
  for (const [place, wrong] of [
    ['2', 'no rollouts of iteration 2'],
    ['1/0/99', 'there is no rollout 99'],
    ['x', 'is no place in a run'],
  ])
    await expect(printedBy(viewCommand([]), [`${run}/${place}`])).rejects.toThrow(wrong)
})
