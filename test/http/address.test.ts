import fc from 'fast-check'
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

describe('a secret that a server says again', () => {
  const secret = 's3/cr+et=<&"é'
  test.each([
    ['as it is', secret],
    ['as an address has it', encodeURIComponent(secret)],
    ['in small letters', encodeURIComponent(secret).toLowerCase()],
    ['as a form has it', new URLSearchParams({ key: secret }).toString().slice('key='.length)],
    ['only partly encoded', encodeURI(secret)],
    ['encoded twice', encodeURIComponent(encodeURIComponent(secret))],
    ['in JSON', JSON.stringify(secret)],
    ['in JSON of ASCII', 's3\\/cr+et=\\u003c\\u0026\\"\\u00e9'],
    ['in HTML', 's3&#x2F;cr+et=&lt;&amp;&quot;&#233;'],
  ])('is not told: %s', (_, echoed) => {
    expect(told(`no such key: ${echoed} there`, [secret])).toMatch(
      /^no such key: "?\*\*\*"? there$/,
    )
  })

  test('is not told for a shorter one that stands in it', () => {
    expect(told('abcdef', ['abc', 'abcdef'])).toBe('***')
  })

  test('is not told as a header has it, where it is a user and a password', () => {
    const text = `http://${named('WHO')}:${named('PASSWORD')}@host/v1`
    const { authorization, secrets } = addressOf(text, environment)
    expect(told(`{"authorization": "${authorization}"}`, secrets)).toBe(
      '{"authorization": "Basic ***"}',
    )
  })

  test('is told in no form that can be read back, whatever it is', () => {
    const ways = [
      (text: string) => text,
      encodeURIComponent,
      (text: string) => encodeURIComponent(encodeURIComponent(text)),
      (text: string) => JSON.stringify(text).slice(1, -1),
      (text: string) => new URLSearchParams({ k: text }).toString().slice(2),
      (text: string) => new URL(`http://h/?k=${encodeURIComponent(text)}`).search.slice(3),
    ]
    const secrets = fc.string({ unit: 'grapheme', minLength: 1 }).filter(text => text.trim() !== '')
    fc.assert(
      fc.property(secrets, fc.constantFrom(...ways), (secret, way) => {
        expect(told(`[${way(secret)}]`, [secret]).startsWith('[***')).toBe(true)
      }),
    )
  })
})
