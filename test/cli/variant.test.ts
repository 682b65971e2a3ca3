import { describe, expect, test } from 'vitest'
import { parseVariant, parseVariants } from '../../src/cli/variant.ts'

describe('parseVariant', () => {
  test.each([
    ['pure-vr', 'pure-vr', {}],
    ['pure-prm-vr:temperature=1', 'pure-prm-vr:temperature=1', { temperature: '1' }],
    ['pure-prm-vr:labelled=0.20', 'pure-prm-vr:labelled=0.2', { labelled: '0.2' }],
    ['pure-prm-vr:labelled=0.1', 'pure-prm-vr', {}],
    [
      'pure-prm-vr:temperature=1,group-size=4',
      'pure-prm-vr:groupSize=4,temperature=1',
      { groupSize: '4', temperature: '1' },
    ],
    ['pure-prm:mask-closing=false', 'pure-prm:maskClosing=false', { maskClosing: 'false' }],
  ])('%s', (text, name, overrides) => {
    const variant = parseVariant(text)
    expect(variant.name).toBe(name)
    expect(variant.overrides).toEqual(overrides)
    expect(parseVariant(name).options).toEqual(variant.options)
  })

  test.each([
    ['pure-pmr', "no recipe 'pure-pmr'; did you mean 'pure-prm'?"],
    ['pure-vr:temprature=1', "pure-vr has no option 'temprature'"],
    ['pure-prm:temprature=1', "(did you mean 'temperature'?)"],
    ['pure-prm:temperature', "expected option=value after the colon, got 'temperature'"],
    ['pure-prm:', "expected option=value after the colon, got ''"],
    ['pure-prm:temperature=hot', "must be a finite number, got 'hot'"],
    ['pure-prm:clip=1,clip=2', 'clip is set twice'],
  ])('%s is refused', (text, message) => {
    expect(() => parseVariant(text)).toThrow(message)
  })
})

test('parseVariants refuses the same method twice', () => {
  expect(() => parseVariants(['pure-vr', 'pure-vr'])).toThrow('pure-vr is named twice')
  expect(() => parseVariants(['pure-prm', 'pure-prm:temperature=0.1'])).toThrow(
    'pure-prm:temperature=0.1 is the same as pure-prm',
  )
})
