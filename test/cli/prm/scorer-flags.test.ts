import { describe, expect, test } from 'vitest'
import { rewardFlagsOf, scorerSpec } from '../../../src/cli/prm/scorer-flags.ts'
import { ConfigError } from '../../../src/errors.ts'
import { scorerSpecSchema } from '../../../src/prm/score/spec.ts'

const place = { device: 'cpu', threads: '2' } // their defaults are always there
const spec = (args: Record<string, string>) => scorerSpec({ ...place, ...args })

describe('the scorer that flags name', () => {
  test('a model', () => {
    expect(spec({ prm: 'DIR', convention: 'trl', long: 'windows', threshold: '0.3' })).toEqual({
      kind: 'model',
      folder: 'DIR',
      convention: 'trl',
      reference: undefined,
      long: 'windows',
      separators: undefined,
      device: 'cpu',
      threads: 2,
      threshold: 0.3,
      aggregation: undefined,
    })
  })

  test('a judge, and where its key is', () => {
    const args = { judge: 'http://h/v1', judgeModel: 'm', votes: '4', quorum: '3', timeout: '1.5' }
    expect(spec({ ...args, apiKeyEnv: 'KEY' })).toMatchObject({
      kind: 'judge',
      url: 'http://h/v1',
      model: 'm',
      votes: 4,
      quorum: 3,
      timeoutMs: 1500,
      apiKeyEnv: 'KEY',
    })
    expect(scorerSpecSchema.parse(spec(args))).toEqual(spec(args))
  })

  test('a model that a server holds, and its reference', () => {
    const served = { prm: 'DIR', prmUrl: 'http://h:8001', prmModel: 'm', apiKeyEnv: 'KEY' }
    const reference = { prmReference: 'BASE', prmReferenceModel: 'b' }
    const found = spec({ ...served, ...reference, concurrency: '4', timeout: '2' })
    expect(found).toMatchObject({ kind: 'model', folder: 'DIR', reference: 'BASE' })
    expect(found).toMatchObject({
      served: { url: 'http://h:8001', model: 'm', referenceModel: 'b', apiKeyEnv: 'KEY' },
    })
    expect(found).toMatchObject({ served: { concurrency: 4, timeoutMs: 2000 } })
    const { prm: _, ...flags } = served
    expect(rewardFlagsOf(found)).toMatchObject({ ...flags, timeout: '2' })
  })

  test('an oracle', () => {
    expect(spec({ oracle: 'nested-arithmetic' })).toMatchObject({ kind: 'oracle' })
  })

  test.each<[Record<string, string>, string]>([
    [{}, 'by one of --prm, --judge and --oracle'],
    [{ prm: 'a', oracle: 'b' }, 'got --prm and --oracle'],
    [{ judge: 'http://h' }, '--judge needs --judge-model'],
    [{ prmUrl: 'http://h' }, 'by one of --prm, --judge and --oracle'],
    [{ prm: 'a', prmUrl: 'http://u:p@h' }, 'holds a user or a password'],
    [{ prm: 'a', prmModel: 'm' }, '--prm-model goes with --prm-url'],
    [{ prm: 'a', retries: '3' }, '--retries goes with --prm-url or --judge'],
    [{ oracle: 'nested-arithmetic', apiKeyEnv: 'K' }, '--api-key-env goes with --prm-url or'],
    [{ judge: 'http://h', judgeModel: 'm', prmUrl: 'http://h' }, '--prm-url goes with --prm'],
    [{ prm: 'a', votes: '3' }, '--votes goes with --judge, not with --prm'],
    [{ judge: 'http://h', judgeModel: 'm', convention: 'trl' }, '--convention goes with --prm'],
    [{ judge: 'http://h', judgeModel: 'm', votes: '0' }, '--votes is a whole number from 1'],
    [{ judge: 'h', judgeModel: 'm', votes: '2', quorum: '3' }, '--quorum is a whole number from 1'],
    [{ prm: 'a', threshold: 'high' }, "--threshold is a number, got 'high'"],
  ])('%j is refused', (args, message) => {
    expect(() => spec(args)).toThrow(ConfigError)
    expect(() => spec(args)).toThrow(message)
  })
})
