// What a page is told while runs go on.

import { renameSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { runFolders } from '../../src/runs/folders.ts'
import { resumeRun } from '../../src/runs/writer.ts'
import type { LiveChange, RunsAnswer } from '../../src/view/api.ts'
import { asking } from '../../src/view/ask.ts'
import { Live } from '../../src/view/live.ts'
import { serveView } from '../../src/view/server.ts'
import { begun, left, made, newRoot, told } from './made.ts'

test('a new iteration, and whatever else a run writes', () => {
  const root = newRoot()
  const run = begun(join(root, 'one'))
  const live = new Live(runFolders([root]))
  const heard: LiveChange[] = []
  const stop = live.listen(change => heard.push(change))
  const changes = (): LiveChange[] => {
    live.look()
    return heard.splice(0)
  }
  expect(changes()).toEqual([])
  run.rollouts(1, made.rows)
  expect(changes()).toEqual([{ run: 'one', iteration: 1 }])
  run.metrics({ iteration: 1 })
  expect(changes()).toEqual([{ run: 'one', iteration: null }])
  expect(changes()).toEqual([])
  run.close()
  expect(changes()).toEqual([{ run: 'one', iteration: null }])
  stop()
  renameSync(join(root, 'one'), join(root, 'two'))
  expect(changes()).toEqual([])
})

test('runs that come and go are told at the next search', async () => {
  const root = newRoot()
  const folders = runFolders([root])
  const live = new Live(folders, { searchEvery: 0 })
  const heard: LiveChange[] = []
  const stop = live.listen(change => heard.push(change))
  left(join(root, 'one'))
  live.look()
  expect(heard.splice(0)).toEqual([{ run: null, iteration: null }])
  renameSync(join(root, 'one'), join(root, '.gone'))
  live.look()
  expect(heard).toEqual([{ run: null, iteration: null }])
  stop()
})

test('a page hears it over the wire', async () => {
  const root = newRoot()
  const run = begun(join(root, 'one'))
  const live = new Live(runFolders([root]))
  const server = await serveView({ answer: told(root), live, ask: asking(runFolders([root])) })
  const { origin, searchParams } = new URL(server.address)
  const answer = await fetch(`${origin}/data/live?token=${searchParams.get('token')}`)
  expect(answer.headers.get('content-type')).toBe('text/event-stream')
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
  expect((await reader.read()).value).toBe('retry: 2000\n\n')
  run.rollouts(1, made.rows)
  live.look()
  expect((await reader.read()).value).toBe('data: {"run":"one","iteration":1}\n\n')
  await reader.cancel()
  await server.close()
  run.close()
})

test('states: written, lost, stopped, done, and written again', async () => {
  const root = newRoot()
  const run = begun(join(root, 'one'))
  const answer = told(root)
  const state = async () => ((await answer('runs')) as RunsAnswer).runs[0]!.state
  expect(await state()).toBe('running')
  run.metrics({ iteration: 1 })
  run.close()
  expect(await state()).toBe('lost')
  const again = resumeRun(join(root, 'one'), { iteration: 1 })
  expect(await state()).toBe('running')
  again.log('warn', 'stopped by the user', { after: 1 })
  again.close()
  expect(await state()).toBe('paused')
  const last = resumeRun(join(root, 'one'), { iteration: 1 })
  last.metrics({ iteration: 2 })
  last.log('info', 'test accuracy after', { sampled: 0.5, greedy: 0.25, graded: 40 })
  last.close()
  expect(await state()).toBe('done')
  const { runs } = (await answer('runs')) as RunsAnswer
  expect(runs[0]!.after).toEqual({ sampled: 0.5, greedy: 0.25, n: 40 })
})
