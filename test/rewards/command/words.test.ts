import { expect, test } from 'vitest'
import { ConfigError } from '../../../src/errors.ts'
import { commandWords } from '../../../src/rewards/command/words.ts'

test.each([
  ['python3 verify.py', ['python3', 'verify.py']],
  ['  a   \'b c\'\t"d e" ', ['a', 'b c', 'd e']],
  [`a 'it'"'"'s' b\\ c`, ['a', "it's", 'b c']],
  [`a "say \\"x\\" \\\\" ''`, ['a', 'say "x" \\', '']],
  [
    `sh -c 'cat | tr a b > /dev/null; echo $HOME'`,
    ['sh', '-c', 'cat | tr a b > /dev/null; echo $HOME'],
  ],
  ['a x~y b=c', ['a', 'x~y', 'b=c']],
])('%s', (command, words) => {
  expect(commandWords(command, false)).toEqual(words)
})

test('a backslash stands in paths on Windows', () => {
  expect(commandWords('C:\\py\\python.exe "C:\\a b\\v.py"', true)).toEqual([
    'C:\\py\\python.exe',
    'C:\\a b\\v.py',
  ])
})

test.each([
  ['cat | sh', '| means nothing'],
  ['a; rm -rf x', '; means nothing'],
  ['a `b`', '` means nothing'],
  ['a "$HOME"', '$ means nothing'],
  ['a *.py', '* means nothing'],
  ['~/verify', '~ means nothing'],
  ["a 'b", "the ' is not closed"],
  ['a \\', '\\ means nothing'],
  ['', 'expected a command'],
  ['   ', 'expected a command'],
  ["'' x", 'expected a command'],
])('%s is refused: no shell runs it', (command, message) => {
  expect(() => commandWords(command, false)).toThrow(ConfigError)
  expect(() => commandWords(command, false)).toThrow(message)
})
