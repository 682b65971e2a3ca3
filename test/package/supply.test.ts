// What the package is made of: locked to the byte, free to be used, and able to run where minform says that it does.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Component, lacking, lockedPackages } from '../../scripts/sbom.ts'

const read = (file: string) => JSON.parse(readFileSync(file, 'utf8'))
const lock = read('package-lock.json')
const brought = lockedPackages(lock)
const all = lockedPackages(lock, { dev: true })

/** Whether a version of Node is one that a range of `engines` asks for: comparators, carets and alternatives. */
function admits(range: string, version: string): boolean {
  return range.split('||').some(part =>
    part
      .trim()
      .replace(/([<>=^~])\s+/g, '$1')
      .split(/\s+/)
      .every(one => holds(one, version)),
  )
}

function holds(comparator: string, version: string): boolean {
  const [, sign, asked] = /^(>=|>|<=|<|=|\^|~|)v?([\d.x*]*)$/.exec(comparator)!
  const [found, wanted] = [version, asked!].map(numbers) as [number[], number[]]
  const order = compared(found, wanted)
  if (asked === '' || asked === '*') return true
  if (sign === '>=') return order >= 0
  if (sign === '>') return order > 0
  if (sign === '<=') return order <= 0
  if (sign === '<') return order < 0
  const same =
    sign === '^' ? 1 : sign === '~' ? 2 : asked!.split('.').filter(p => /\d/.test(p)).length
  return order >= 0 && found.slice(0, same).every((part, i) => part === wanted[i])
}

function numbers(version: string): number[] {
  return [0, 1, 2].map(i => Number.parseInt(version.split('.')[i] ?? '0', 10) || 0)
}

function compared(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((part, i) => part !== b[i])
  return at < 0 ? 0 : a[at]! - b[at]!
}

test.each([
  ['>=20.x', '20.19.0', true],
  ['^20.19.0 || >=22.12.0', '20.19.0', true],
  ['^20.19.0 || >=22.12.0', '21.7.0', false],
  ['^20.19.0 || >=22.12.0', '22.11.0', false],
  ['>= 10 < 21', '20.19.0', true],
  ['>= 10 < 21', '22.0.0', false],
  ['18', '18.4.0', true],
  ['18', '20.4.0', false],
  ['*', '20.0.0', true],
])('%s admits %s: %s', (range, version, expected) => {
  expect(admits(range, version)).toBe(expected)
})

test('every dependency runs on every Node that minform promises', () => {
  const { engines } = read('package.json')
  const least = engines.node.replace('>=', '')
  for (const version of [`${least}.0`, '21.0.0', '22.0.0', '23.0.0', '24.0.0']) {
    expect(admits(engines.node, version)).toBe(true)
    const refuse = [...brought].filter(([, one]) => !admits(one.engines?.node ?? '*', version))
    expect([version, ...refuse.map(([name]) => name)]).toEqual([version])
  }
})

test('what builds and tests it runs on Node 20, 22 and 24', () => {
  for (const version of ['20.19.0', '22.13.0', '24.0.0']) {
    const refuse = [...all].filter(([, one]) => !admits(one.engines?.node ?? '*', version))
    expect([version, ...refuse.map(([name]) => name)]).toEqual([version])
  }
})

test('every package is locked to its bytes, and to no address', () => {
  const loose = [...all].filter(([, one]) => !one.integrity?.startsWith('sha512-') || one.resolved)
  expect(loose.map(([name]) => name)).toEqual([])
})

test('what the package brings may be used by anybody', () => {
  const free = /^(MIT|ISC|Apache-2\.0|BSD-[23]-Clause|0BSD|CC0-1\.0)$/
  const unfree = [...brought].filter(([, { license }]) => {
    const names = (license ?? 'none').replace(/[()]/g, '').split(/ (?:AND|OR) /)
    return !names.every(name => free.test(name))
  })
  expect(unfree.map(([name, { license }]) => `${name}: ${license}`)).toEqual([])
})

test('every folder of fixtures says where it is from, and has the licences that it names', () => {
  const fixtures = join('test', 'fixtures')
  const said = readFileSync(join(fixtures, 'LICENSES.md'), 'utf8')
  const folders = readdirSync(fixtures, { withFileTypes: true }).filter(one => one.isDirectory())
  expect(folders.map(({ name }) => name).filter(name => !said.includes(`\`${name}\``))).toEqual([])
  const files = [...said.matchAll(/`(\w+\/LICENSE[\w-]*)`/g)].map(found => found[1]!)
  expect(files.length).toBeGreaterThan(2)
  expect(files.filter(file => !existsSync(join(fixtures, file)))).toEqual([])
})

test('a bill that lacks a package, a hash or a licence is not complete', () => {
  const hash = Buffer.from('bytes').toString('hex')
  const integrity = `sha512-${Buffer.from('bytes').toString('base64')}`
  const locked = lockedPackages({
    packages: {
      '': { version: '1.0.0' },
      'node_modules/a': { version: '1.0.0', integrity },
      'node_modules/a/node_modules/@b/c': { version: '2.0.0', integrity },
      'node_modules/d': { version: '3.0.0', integrity, dev: true },
    },
  })
  expect([...locked.keys()]).toEqual(['a@1.0.0', '@b/c@2.0.0'])
  const of = (name: string, version: string, content = hash): Component => ({
    ...{ name, version, licenses: [{}], hashes: [{ alg: 'SHA-512', content }] },
  })
  const whole = [of('a', '1.0.0'), of('@b/c', '2.0.0')]
  expect(lacking(whole, locked)).toEqual([])
  expect(lacking(whole.slice(1), locked)).toEqual(['a@1.0.0 is not listed'])
  expect(lacking([whole[0]!, of('@b/c', '2.0.0', 'ff')], locked)).toEqual([
    '@b/c@2.0.0 has not the hash that is locked',
  ])
  expect(lacking([{ ...whole[0]!, licenses: [] }, whole[1]!], locked)).toEqual([
    'a@1.0.0 has no licence',
  ])
  expect(lacking([...whole, of('e', '1.0.0')], locked)).toEqual(['e@1.0.0 is not locked'])
})
