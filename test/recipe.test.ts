import { describe, expect, test } from 'vitest'
import { ConfigError } from '../src/errors.ts'
import { type Options, resolve } from '../src/recipe.ts'

const options: Options = {
  groupSize: { default: 8, help: 'rollouts', min: 2, integer: true },
  share: { default: 0.1, help: 'share', min: 0, max: 1 },
  mask: { default: true, help: 'mask' },
  form: { default: 'soft', help: 'form' },
}
const example = { name: 'example', options }
const refused = (name: string, text: string) => () => resolve(example, { [name]: text })

test('defaults where nothing is said', () => {
  expect(resolve(example)).toEqual({ groupSize: 8, share: 0.1, mask: true, form: 'soft' })
})

test('text becomes the type of the default', () => {
  const overrides = { groupSize: '16', share: '1e-2', mask: 'false', form: '12' }
  expect(resolve(example, overrides)).toEqual({
    groupSize: 16,
    share: 0.01,
    mask: false,
    form: '12',
  })
})

describe('refused, with what would do', () => {
  test.each([
    ['groupSzie', '4', "example has no option 'groupSzie' (did you mean 'groupSize'?); it has"],
    ['momentum', '4', "example has no option 'momentum'; it has groupSize, share, mask, form"],
    ['constructor', '4', "no option 'constructor'"],
    ['groupSize', 'many', "option 'groupSize' of example must be a finite number, got 'many'"],
    ['groupSize', '', "must be a finite number, got ''"],
    ['groupSize', ' ', "must be a finite number, got ' '"],
    ['groupSize', 'NaN', 'must be a finite number'],
    ['groupSize', '-Infinity', 'must be a finite number'],
    ['groupSize', '1e999', 'must be a finite number'],
    ['groupSize', '2.5', "must be a whole number, got '2.5'"],
    ['groupSize', '1', "must be at least 2, got '1'"],
    ['share', '1.5', "must be at most 1, got '1.5'"],
    ['mask', 'yes', "option 'mask' of example must be true or false, got 'yes'"],
    ['mask', '1', "must be true or false, got '1'"],
  ])('%s=%s', (name, text, message) => {
    expect(refused(name, text)).toThrow(ConfigError)
    expect(refused(name, text)).toThrow(message)
  })
})
