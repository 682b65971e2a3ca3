import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import {
  checkArguments,
  didYouMean,
  numberFlag,
  repeatedFlag,
  threadsFlag,
  type ValueHint,
} from '../../src/cli/flags.ts'
import { ConfigError } from '../../src/errors.ts'

test('numbers within limits', () => {
  expect(numberFlag('--n', '3', { integer: true, min: 1 })).toBe(3)
  expect(numberFlag('--temperature', '1e-1')).toBe(0.1)
  expect(() => numberFlag('--n', '3.5', { integer: true })).toThrow(
    "--n is a whole number, got '3.5'",
  )
  expect(() => numberFlag('--p', '2', { min: 0, max: 1 })).toThrow(
    "--p is a number from 0 to 1, got '2'",
  )
  for (const text of ['', ' ', 'x', 'NaN', 'Infinity', '1_000']) {
    expect(() => numberFlag('--n', text)).toThrow(ConfigError)
  }
})

test('after -- everything is an argument', () => {
  const args = { file: { type: 'positional' } } as const
  expect(() => checkArguments('score', ['--', '--file'], args)).not.toThrow()
  expect(() => checkArguments('score', ['a', '--', '--file'], args)).toThrow(
    /one argument too many/,
  )
})

test('what exists is named when nothing is near', () => {
  expect(didYouMean('zzzzzz', ['train', 'score'])).toBe('there is train, score')
  expect(didYouMean('x', [])).toBe('there is none')
  const many = Array.from({ length: 60 }, (_, i) => `--option-${i}`)
  expect(didYouMean('zzzzzz', many, 'x --help')).toBe('x --help lists its 60')
  expect(didYouMean('--option-5x', many, 'x --help')).toBe("did you mean '--option-5'?")
})

test('threads are a number, or as many as there are cores', () => {
  expect(threadsFlag('3')).toBe(3)
  expect(threadsFlag('auto')).toBe(Math.min(16, availableParallelism()))
  for (const text of ['0', 'all', '1.5', ''])
    expect(() => threadsFlag(text)).toThrow(`--threads is a whole number from 1, got '${text}'`)
})

test('a repeated flag gives all its values, whichever way they are written', () => {
  const args = ['rows', '--stop', 'a', '--n', '2', '--stop=b=c', '--stop', '', '--', '--stop', 'd']
  expect(repeatedFlag('--stop', args)).toEqual(['a', 'b=c', ''])
  expect(repeatedFlag('--stop', [])).toEqual([])
})

test('the name of a thing is not empty, as it is of a variable that is not set; a text may be', () => {
  const flag = (valueHint: ValueHint) => ({ type: 'string', valueHint, description: '' }) as const
  const args = { run: flag('folder'), logs: flag('file|name'), system: flag('text') }
  for (const given of [['--run', ''], ['--run='], ['--run', ' '], ['--logs', '']])
    expect(() => checkArguments('train', given, args)).toThrow(
      `${given[0]!.replace('=', '')} is empty, as of a variable that is not set; expected a value`,
    )
  expect(() => checkArguments('train', ['--system', '', '--run', 'x'], args)).not.toThrow()
})

test('a choice that a command needs is asked for, with what there is', () => {
  const options = ['beam', 'rebase']
  const args = { method: { type: 'enum', options, required: true } } as const
  expect(() => checkArguments('search', [], args)).toThrow(
    'search needs --method: one of beam, rebase',
  )
  expect(() => checkArguments('search', ['--method', 'beam'], args)).not.toThrow()
})
