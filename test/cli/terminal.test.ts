import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { guard, obeyedByNone } from '../../src/cli/terminal.ts'
import { createRun } from '../../src/runs/writer.ts'
import { built } from '../built.ts'

const title = '\u001b]0;mine\u0007' // names the window
const red = '\u009b31m' // in one character
const back = '\u202e' // turns what follows around
const begin = '\r\u001b[2K' // of progress
const obeyed = /(?![\n\t])[\p{Cc}\u2028-\u202e\u2066-\u2069]/u

describe('a text for a terminal', () => {
  test('holds nothing that it would obey, whatever is printed', () => {
    const texts = fc.string({ unit: 'binary' })
    const odd = fc.constantFrom(title, red, back, '\r', '\n', '\r\n', '\u001b[2K')
    fc.assert(
      fc.property(fc.array(fc.oneof(texts, odd)), pieces => {
        const shown = obeyedByNone(pieces.join('')).replaceAll('\r\n', '')
        expect(shown.startsWith(begin) ? shown.slice(begin.length) : shown).not.toMatch(obeyed)
      }),
    )
  })

  test('of JSON is the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ unit: 'binary' }), (value, text) => {
        const json = JSON.stringify({ value, text })
        expect(JSON.parse(obeyedByNone(json))).toEqual(JSON.parse(json))
      }),
    )
  })

  test('may end lines as CSV does, and begin as progress does', () => {
    expect(obeyedByNone('a,b\r\nc\td\n')).toBe('a,b\r\nc\td\n')
    expect(obeyedByNone('\r\u001b[2Ktraining 1/2')).toBe('\r\u001b[2Ktraining 1/2')
    expect(obeyedByNone('x\r\u001b[2Ky')).toBe('x\\u000d\\u001b[2Ky')
  })
})

test('a stream that is guarded gets texts so, and bytes as they are', () => {
  const written: string[] = []
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      written.push(chunk.toString())
      done()
    },
  })
  guard(stream as NodeJS.WriteStream)
  stream.write(`a${red}`)
  stream.write(Buffer.from(`b${red}`))
  stream.write(`c${back}`)
  expect(written).toEqual(['a\\u009b31m', `b${red}`, 'c\\u202e'])
})

test('a run folder of somebody else is shown, and obeyed in nothing', () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'minform-terminal-')), 'run')
  const evil = `${title}${red}${back}`
  const run = createRun(folder, {
    recipe: `grpo${evil}`,
    options: {},
    maxTokens: 1,
    seed: 1,
    iterations: 1,
  })
  run.metrics({ iteration: 1, 'rollouts/accuracy': 0.5, [`evil${evil}`]: 1 })
  run.log('warn', `alarm${evil}`, { message: evil })
  run.close()
  const named = `${folder}${evil.replaceAll('/', '')}`
  cpSync(folder, named, { recursive: true })
  for (const more of [[], ['--json']]) {
    const args = [built('cli/main'), 'show', named, ...more]
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toContain('grpo\\u001b]0;mine')
    expect(stdout).not.toMatch(obeyed)
  }
})
