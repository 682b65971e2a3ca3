import { ConfigError } from '../../errors.ts'

const ofShells = '|&;<>()$`*?'

/**
 * The words of a command, quoted as for a shell: '...' is taken as it is, in "..." and outside a backslash takes what follows
 * as it is (not on Windows, where it stands in paths). No shell runs it, so what only a shell can do is a ConfigError.
 */
export function commandWords(
  command: string,
  windows = process.platform === 'win32',
): readonly string[] {
  const words: string[] = []
  let word: string | null = null
  let quote: '"' | "'" | null = null
  for (let i = 0; i < command.length; i++) {
    const letter = command[i]!
    if (quote === "'" && letter !== "'") word += letter
    else if (letter === quote) quote = null
    else if (letter === '\\' && !windows)
      word = (word ?? '') + (command[++i] ?? refuse(command, '\\'))
    else if (quote === '"' && letter !== '$' && letter !== '`') word += letter
    else if (letter === '"' || letter === "'") [quote, word] = [letter, word ?? '']
    else if (/\s/.test(letter)) {
      if (word !== null) words.push(word)
      word = null
    } else if (ofShells.includes(letter) || (letter === '~' && word === null))
      refuse(command, letter)
    else word = (word ?? '') + letter
  }
  if (quote !== null) throw new ConfigError(`--verifier ${command}: the ${quote} is not closed`)
  if (word !== null) words.push(word)
  if (words.length === 0 || words[0] === '') throw new ConfigError('--verifier: expected a command')
  return words
}

function refuse(command: string, letter: string): never {
  throw new ConfigError(
    `--verifier ${command}: no shell runs it, so ${letter} means nothing; quote it with ' or name a shell: sh -c '...'`,
  )
}
