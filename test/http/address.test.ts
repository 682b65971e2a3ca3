import { describe, expect, test } from 'vitest'
import { ConfigError } from '../../src/errors.ts'
import { addressOf, requireNoSecret, told } from '../../src/http/address.ts'

const named = (name: string): string => `$${`{${name}}`}` // what a user writes in single quotes
const environment = { KEY: 'se&cret', WHO: 'me', PASSWORD: 'p:w' }

describe('an address', () => {
  test('is fetched with what variables hold, and shown with their names', () => {
    const text = `http://localhost:8000/v1?api-key=${named('KEY')}&v=2`
    const found = addressOf(text, environment)
    expect(new URL(found.url).searchParams.get('api-key')).toBe('se&cret')
    expect(found).toMatchObject({ shown: text, authorization: null, secrets: ['se&cret'] })
  })

  test('has a user and a password in the header, not in what is fetched', () => {
    const found = addressOf(`https://${named('WHO')}:${named('PASSWORD')}@host/v1`, environment)
    expect(found.url).toBe('https://host/v1')
    expect(found.authorization).toBe(`Basic ${Buffer.from('me:p:w').toString('base64')}`)
  })

  test.each([
    ['http://me:secret@host/v1', 'a user or a password'],
    ['http://secret@host/v1', 'a user or a password'],
    ['http://host/v1?api-key=secret', 'the value of api-key'],
    ['http://host/v1?x=1&access_token=secret', 'the value of access_token'],
    [`http://${named('WHO')}:secret@host/v1`, 'a user or a password'],
  ])('with a secret in clear is refused, and not repeated: %s', (text, what) => {
    expect(() => requireNoSecret(text)).toThrow(ConfigError)
    expect(() => addressOf(text, environment)).toThrow(what)
    expect(() => addressOf(text, environment)).not.toThrow('secret@')
    expect(() => addressOf(text, environment)).not.toThrow('=secret')
  })

  test('may say anything else', () => {
    for (const text of ['http://host/v1?version=2024-01', 'http://[::1]:80/v1', 'https://host'])
      expect(addressOf(text, environment).url).toBe(new URL(text).href)
  })

  test('is one, and its variables are set', () => {
    for (const text of ['host:8000', 'ftp://host', 'localhost', ''])
      expect(() => addressOf(text, environment)).toThrow('is no address')
    const missing = `http://host/v1?key=${named('NO_SUCH')}`
    expect(() => addressOf(missing, environment)).toThrow('variable NO_SUCH is not set')
  })
})

test('what a server says is told without secrets and control characters, and shortened', () => {
  expect(told('no\u001b[31m such key: se&cret\n', ['se&cret', ''])).toBe('no [31m such key: ***')
  expect(told('x'.repeat(999), [])).toHaveLength(200)
})
