// The environment that a program starts once more in. What it is then is tried where Node can do it, in .ci/run.

import { expect, test } from 'vitest'
import { hugePagesEnv, type Start } from '../../src/cli/huge-pages.ts'

const start: Start = {
  command: 'train',
  env: { HOME: '/home/someone' },
  offered: true,
  replaceable: true,
}

test('what computes asks the C library for huge pages', () => {
  expect(hugePagesEnv(start)).toEqual({
    HOME: '/home/someone',
    GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
    MINFORM_HUGE_PAGES: '=',
  })
})

test('other settings of the library stay, and are what its programs get', () => {
  const env = { GLIBC_TUNABLES: 'glibc.malloc.arena_max=2' }
  expect(hugePagesEnv({ ...start, env })).toEqual({
    GLIBC_TUNABLES: 'glibc.malloc.arena_max=2:glibc.malloc.hugetlb=1',
    MINFORM_HUGE_PAGES: '=glibc.malloc.arena_max=2',
  })
})

test.each<[string, Partial<Start>]>([
  ['no command', { command: undefined }],
  ['a command that computes nothing', { command: 'view' }],
  ['a system that has none, or gives them unasked', { offered: false }],
  ['a Node that cannot', { replaceable: false }],
  ['a user who said no', { env: { MINFORM_HUGE_PAGES: '0' } }],
  ['the second start', { env: { MINFORM_HUGE_PAGES: '=' } }],
  ['a user who has set it', { env: { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=2' } }],
])('nothing starts twice: %s', (_, other) => {
  expect(hugePagesEnv({ ...start, ...other })).toBe(null)
})
