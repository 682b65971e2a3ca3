import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import show from '../../src/cli/show.ts'
import { recordedRun } from '../explain/recorded.ts'
import { printedBy } from './commands.ts'

let folder = ''
beforeAll(async () => {
  folder = await recordedRun('pure-prm-vr')
})

const shown = (...args: string[]): Promise<string> => printedBy(show, [folder, ...args])

test('a run: a line an iteration, its warnings, what to look at next', async () => {
  const text = await shown()
  expect(text).toContain('pure-prm-vr, seed 7, 1 of 3 iterations')
  expect(text).toMatch(/1 +50\.0 % +8/)
  expect(text).toContain('alarm: {"what":"steps are empty')
  expect(text).not.toContain('\u001b')
  expect(text).toContain(`minform show ${folder}/1\n`)
  expect(JSON.parse(await shown('--json'))).toMatchObject({ recipe: 'pure-prm-vr', done: 1 })
})

test('an iteration, a group, a rollout', async () => {
  expect(await shown('--iteration', '1')).toMatch(/^iteration 1: \d+ groups, \d+ rollouts/)
  const rows = JSON.parse(await shown('--group', '0', '--json')) as { rollout: number }[]
  expect(rows.map(({ rollout }) => rollout)).toEqual(rows.map((_, g) => g))
  expect(await shown('--group', '0')).toContain('worst step')
  expect(await shown('--group', '0', '--rollout', '1')).toMatch(/process credit/)
})

test('a token: the arithmetic from its rewards to what was recorded', async () => {
  const at = ['--iteration', '1', '--group', '0', '--rollout', '0', '--token', '1']
  const text = await shown(...at)
  expect(text).toContain('soft minimum: G[s] = ')
  expect(text).toContain('arXiv:2504.15275, eq. 7')
  expect(text).toContain('computed again, are those that were recorded')
  const why = JSON.parse(await shown(...at, '--json'))
  expect(why.advantage).toBeCloseTo(why.recorded, 6)
  const sum = why.shares.reduce((all: number, one: { share: number }) => all + one.share, 0)
  expect(why.sum).toBeCloseTo(sum, 5)
})

test('what a recipe knows beside its rewards is missed, and said', async () => {
  const at = ['--group', '0', '--rollout', '0', '--token', '0']
  const text = await printedBy(show, [await recordedRun('ktae'), ...at])
  expect(text).toContain('NOT WHAT WAS RECORDED: ktae knows more than its rewards')
})

test('an address names the same places as the flags', async () => {
  const at = async (address: string) => printedBy(show, [`${folder}/${address}`])
  expect(await at('1')).toBe(await shown('--iteration', '1'))
  expect(await at('1/0')).toBe(await shown('--iteration', '1', '--group', '0'))
  const token = ['--iteration', '1', '--group', '0', '--rollout', '1', '--token', '2']
  expect(await at('1/0/1/2')).toBe(await shown(...token))
  expect(await printedBy(show, [`${folder}/1/0`, '--rollout', '1', '--token', '2'])).toBe(
    await at('1/0/1/2'),
  )
  const next = /minform show (\S+) shows one/.exec(await at('1'))![1]!
  expect(await printedBy(show, [next])).toBe(await at('1/0'))
})

test('an address that leads nowhere is an error', async () => {
  const at = (address: string) => printedBy(show, [`${folder}/${address}`])
  await expect(at('9')).rejects.toThrow('has no rollouts of iteration 9')
  await expect(at('1/99')).rejects.toThrow('there is no group 99')
  await expect(at('1/0/99')).rejects.toThrow('there is no rollout 99')
  await expect(at('1/0/0/9999')).rejects.toThrow('there is no token 9999')
  await expect(at('1/0/0/0/0')).rejects.toThrow('is no place in a run')
  await expect(at('one')).rejects.toThrow('is no place in a run')
  await expect(printedBy(show, [`${folder}/1`, '--iteration', '1'])).rejects.toThrow(
    '--iteration 1: the address says 1 already',
  )
})

test('what is not there is named', async () => {
  await expect(shown('--iteration', '9')).rejects.toThrow(
    'has no rollouts of iteration 9; recorded: 1',
  )
  await expect(shown('--token', '1')).rejects.toThrow('--token needs --group')
  await expect(shown('--group', '99')).rejects.toThrow(
    'there is no group 99: the iteration has groups 0 to',
  )
  await expect(shown('--group', '0', '--rollout', '99')).rejects.toThrow('has rollouts 0 to')
  const long = ['--group', '0', '--rollout', '0', '--token', '9999']
  await expect(shown(...long)).rejects.toThrow('the rollout has tokens 0 to')
  await expect(printedBy(show, [tmpdir()])).rejects.toThrow('holds no run')
  const torn = mkdtempSync(join(tmpdir(), 'minform-show-'))
  writeFileSync(join(torn, 'config.json'), '{"recipe": 3}')
  await expect(printedBy(show, [torn])).rejects.toThrow('config.json: recipe:')
})
