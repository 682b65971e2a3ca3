import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { ConfigError, RunError } from '../../src/errors.ts'
import { type Journal, journalOf, openJournal } from '../../src/runs/journal.ts'
import { built } from '../built.ts'

let files: { a: string; b: string }
beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'minform-journal-'))
  files = { a: join(folder, 'a.jsonl'), b: join(folder, 'b.jsonl') }
})

const config = { seed: 1, options: { completions: 8, labels: 'hard' }, file: null }
type Entry = { readonly n: number }
const open = (resume: boolean, changed = {}): Journal<Entry> =>
  openJournal<Entry>({ files, config: { ...config, ...changed }, resume })
const contents = () =>
  [files.a, files.b, journalOf(files.a)].map(file => readFileSync(file, 'utf8'))

/** Pieces from `from` on; the second file gets none of an odd one. */
function write(journal: Journal<Entry>, from: number, to: number): void {
  for (let n = from; n < to; n++) {
    const texts = n % 2 === 0 ? { a: `a${n} é\n`, b: `b${n}\nmore\n` } : { a: `a${n}\n` }
    journal.append(texts, { n })
  }
  journal.close()
}

function uninterrupted(): string[] {
  write(open(false), 0, 4)
  return contents()
}

test('a folder that is not there is made', () => {
  const file = join(dirname(files.a), 'new', 'deeper', 'a.jsonl')
  write(openJournal<Entry>({ files: { a: file, b: files.b }, config, resume: false }), 0, 1)
  expect(readFileSync(file, 'utf8')).toBe('a0 é\n')
})

test('pieces are appended to all files, and told', () => {
  const [a, b, journal] = uninterrupted()
  expect(a).toBe('a0 é\na1\na2 é\na3\n')
  expect(b).toBe('b0\nmore\nb2\nmore\n')
  expect(journal!.split('\n').slice(1, 3)).toEqual([
    '{"ends":{"a":6,"b":8},"entry":{"n":0}}',
    '{"ends":{"a":9,"b":8},"entry":{"n":1}}',
  ])
})

describe('a writer that was killed', () => {
  const damages: Readonly<Record<string, () => void>> = {
    'between two pieces': () => {},
    'within a line of a file': () => appendFileSync(files.a, 'a2'),
    'after one file of two': () => appendFileSync(files.a, 'a2 é\n'),
    'before its entry': () => {
      appendFileSync(files.a, 'a2 é\n')
      appendFileSync(files.b, 'b2\nmore\n')
    },
    'within its entry': () => {
      appendFileSync(files.a, 'a2 é\n')
      appendFileSync(journalOf(files.a), '{"ends":{"a":15,')
    },
    'with a disk that lost the end of a file': () => truncateSync(files.a, 4),
    'with a disk that lost a file': () => truncateSync(files.b, 0),
  }
  test.each(Object.keys(damages))('%s: ends with the same bytes', name => {
    const expected = uninterrupted()
    for (const file of [files.a, files.b, journalOf(files.a)]) truncateSync(file, 0)
    const again = openJournal<Entry>({ files, config, resume: true })
    write(again, 0, 2)
    damages[name]!()
    const journal = open(true)
    expect(journal.entries).toEqual([{ n: 0 }, { n: 1 }].slice(0, journal.entries.length))
    write(journal, journal.entries.length, 4)
    expect(contents()).toEqual(expected)
  })

  test('before its first line: starts anew', () => {
    const journal = open(true)
    expect(journal.entries).toEqual([])
    journal.close()
    truncateSync(journalOf(files.a), 3)
    write(open(true), 0, 4)
    const [resumed] = contents()
    expect(resumed).toBe('a0 é\na1\na2 é\na3\n')
  })
})

describe('is refused', () => {
  test('what is there, without resume', () => {
    uninterrupted()
    expect(() => open(false)).toThrow(RunError)
    expect(() => open(false)).toThrow('continue it with --resume')
  })

  test('another configuration, naming what differs', () => {
    uninterrupted()
    const before = contents()
    const other = { options: { completions: 4, labels: 'hard' }, file: 'x' }
    expect(() => open(true, other)).toThrow(ConfigError)
    expect(() => open(true, other)).toThrow(
      'options.completions is 8 there and 4 here; file is null there and "x" here',
    )
    expect(contents()).toEqual(before)
  })

  test('a file that no journal tells of', () => {
    writeFileSync(files.a, 'mine\n')
    expect(() => open(true)).toThrow('has no journal')
    expect(readFileSync(files.a, 'utf8')).toBe('mine\n')
    expect(existsSync(journalOf(files.a))).toBe(false)
  })

  test('a second writer, until the first has closed', () => {
    const first = open(false)
    expect(() => open(true)).toThrow(`is being written by process ${process.pid}`)
    first.close()
    first.close()
    expect(() => first.append({}, { n: 1 })).toThrow('it is closed')
    open(true).close()
  })

  test('but not after a process that wrote nothing, whatever it was asked', () => {
    const other = { ...config, seed: 99 }
    for (const resume of [false, true]) {
      openJournal({ files, config: other, resume: false }).close()
      open(resume).close()
      expect(readFileSync(journalOf(files.a), 'utf8')).not.toContain('99')
    }
  })

  test('a journal that is damaged before its end', () => {
    uninterrupted()
    const text = readFileSync(journalOf(files.a), 'utf8').split('\n')
    writeFileSync(journalOf(files.a), text.with(2, '{"ends"').join('\n'))
    expect(() => open(true)).toThrow(`${journalOf(files.a)}:3: not JSON`)
  })

  test('a place that cannot be written', () => {
    writeFileSync(files.a, 'no folder')
    const below = join(files.a, 'nowhere', 'x.jsonl')
    expect(() => openJournal({ files: { a: below }, config, resume: false })).toThrow(RunError)
  })
})

test('a process that is gone left no lock that counts', () => {
  const script = `
    import { openJournal } from '${built('runs/journal')}'
    const journal = openJournal(${JSON.stringify({ files, config, resume: false })})
    journal.append({ a: 'a0 é\\n', b: 'b0\\nmore\\n' }, { n: 0 })
    process.kill(process.pid, 'SIGKILL')`
  const { signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script])
  expect(signal).toBe('SIGKILL')
  const journal = open(true)
  expect(journal.entries).toEqual([{ n: 0 }])
  write(journal, 1, 4)
  expect(readFileSync(files.a, 'utf8')).toBe('a0 é\na1\na2 é\na3\n')
})
