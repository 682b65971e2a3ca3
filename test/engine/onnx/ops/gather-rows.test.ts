import { expect, test } from 'vitest'
import { gatherRows } from '../../../../src/engine/onnx/ops/gather-rows.ts'
import {
  type Build,
  checkGradients,
  floats,
  forward,
  graphOf,
  integers,
  tensor,
} from '../gradcheck.ts'

const build: Build = (g, { table, rows }) => [gatherRows(g, table!, rows!)]

test('picks rows, in any order and again', async () => {
  const table = floats([3, 2], 1, 2, 3, 4, 5, 6)
  expect(await forward({ table, rows: integers([4], 2, 0, 2, 1) }, build)).toEqual([
    [5, 6, 1, 2, 5, 6, 3, 4],
  ])
})

test('a row gets the gradient of where it went, one never picked gets none', async () => {
  const feeds = { table: tensor(4, 3), rows: integers([3], 1, 3, 0) }
  await checkGradients(feeds, ['table'], build)
})

test('refuses what is not a table and a list', () => {
  const { g, inputs } = graphOf({ table: tensor(4, 3), rows: integers([2, 1], 0, 1) })
  expect(() => build(g, inputs)).toThrow(
    'gatherRows: got table [4, 3] and rows [2, 1], expected x [R, D] and rows [N]',
  )
})
