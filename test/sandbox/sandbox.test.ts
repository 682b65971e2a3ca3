import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { VerifierError } from '../../src/errors.ts'
import type { Ran } from '../../src/sandbox/job.ts'
import { sandbox } from '../../src/sandbox/sandbox.ts'
import { built } from '../built.ts'

const box = sandbox({ operations: 2_000_000, characters: 1000 })
afterAll(() => box.close())

const program = (code: string, ...asks: string[]): Promise<Ran> =>
  box.run({ language: 'javascript', code, asks })

const setup = `create table pets (name text, age integer);
  insert into pets values ('Rex', 3), ('Mia', 7), ('Tom', null)`
const query = (text: string): Promise<Ran> => box.run({ language: 'sql', setup, query: text })

describe('a program', () => {
  test('gives what it is asked, as JSON, and what it did wrong beside it', async () => {
    const ran = await program('const f = x => x * 2', 'f(21)', '[f(1), {a: f("b")}]', 'g()', 'f')
    expect(ran).toEqual({
      ended: 'value',
      values: [
        '42',
        '[2,{"a":null}]',
        { ended: 'error', message: "ReferenceError: 'g' is not defined" },
        'null', // JSON has no word for a function
      ],
    })
  })

  test.each([
    ['ends by an error of its own', 'throw new Error("no")', 'error', 'Error: no'],
    ['throws what is no error', 'throw "no"', 'error', 'threw no'],
    ['cannot be read', 'const f = (', 'error', 'SyntaxError'],
    ['loops', 'for (;;);', 'operations', 'did not come'],
    ['loops in a pattern', '/(a+)+$/.test("a".repeat(40) + "b")', 'operations', 'did not come'],
    ['loops where it is caught', 'for (;;) try { for (;;); } catch {}', 'operations', 'did not'],
    ['takes memory in small pieces', 'const a = []; for (;;) a.push([1, 2, 3])', 'm|o', ''],
    [
      'takes memory in large pieces',
      'const a = []; for (;;) a.push(new Uint8Array(1e6))',
      'memory',
      '',
    ],
    ['takes it at once', '"x".repeat(9e8)', 'memory', 'more memory'],
    ['calls itself', 'const f = () => f(); f()', 'memory', 'more memory'],
    ['leaves an error that loops', 'throw new Proxy({}, { get() { for (;;); } })', 'm|o', ''],
    ['wants this process', 'process.exit()', 'error', "'process' is not defined"],
    ['wants it by a constructor', 'eval.constructor("return process")()', 'error', 'not defined'],
    ['wants modules', 'require("fs")', 'error', "'require' is not defined"],
    ['wants the clock', 'Date.now()', 'error', "'Date' is not defined"],
    ['wants chance', 'Math.random()', 'error', 'not a function'],
  ])('that %s gives nothing', async (_, code, ended, message) => {
    const ran = await program(code)
    expect(ran.ended).toMatch(ended === 'm|o' ? /^(memory|operations)$/ : ended)
    if (ran.ended !== 'value') expect(ran.message).toContain(message)
    expect(await program('', '1 + 1')).toEqual({ ended: 'value', values: ['2'] })
  })

  test('meets nothing that another one has changed', async () => {
    const vandal =
      'JSON.stringify = () => "42"; Object.prototype.x = 1; globalThis.y = 1; delete Array.prototype.map'
    expect(await program(vandal, '1', '[1].map')).toEqual({ ended: 'value', values: ['1', 'null'] })
    expect(await program('', 'typeof y', '({}).x === undefined', '[1].map(x => x + 1)')).toEqual({
      ended: 'value',
      values: ['"undefined"', 'true', '[2]'],
    })
  })

  test('gives only so much, all its values together', async () => {
    const ran = await program('', '"x".repeat(900)', '"x".repeat(900)')
    expect(ran.ended === 'value' && 'values' in ran && ran.values[1]).toMatchObject({
      ended: 'output',
    })
  })

  test('a value that has no end is its own failure, and leaves the others', async () => {
    const ran = await program('let x = []; for (let i = 0; i < 1e4; i++) x = [x]', 'x', '7')
    expect(ran).toMatchObject({ ended: 'value', values: [{ ended: 'memory' }, '7'] })
  })
})

describe('a query', () => {
  test('gives its rows in order', async () => {
    expect(await query('select name, age from pets order by age desc')).toEqual({
      ended: 'value',
      table: {
        columns: ['name', 'age'],
        rows: [
          ['Mia', 7],
          ['Rex', 3],
          ['Tom', null],
        ],
      },
    })
    expect(
      await query("select 9223372036854775807, x'ff00' where 0 = 1 union select 1.5, 2"),
    ).toMatchObject({
      table: { rows: [[1.5, 2]] },
    })
    expect(await query("select 9223372036854775807 as n, x'ff00' as b")).toMatchObject({
      table: { columns: ['n', 'b'], rows: [['9223372036854775807', 'ff00']] },
    })
  })

  const endless = 'with recursive t(x) as (select 1 union all select x + 1 from t)'
  test.each([
    ['cannot be read', 'selec name', 'error', 'syntax error'],
    ['names what is not there', 'select colour from pets', 'error', 'no such column'],
    ['is two', 'select 1; select 2', 'error', '2 statements'],
    ['is none', ' ', 'error', ''],
    ['has no end', `${endless} select max(x) from t`, 'operations', 'did not come'],
    ['gives without end', `${endless} select x from t`, 'output', 'more than 1000'],
    ['gives one that is long', 'select zeroblob(1000)', 'output', 'more than 1000'],
    ['takes memory', 'select length(zeroblob(900000000) || zeroblob(900000000))', 'memory', 'more'],
    ['removes', 'drop table pets', 'error', 'not authorized'],
    ['writes', "insert into pets values ('Eve', 1)", 'error', 'not authorized'],
    ['opens a file', "attach '/etc/passwd' as f", 'error', 'not authorized'],
    ['writes a file', "vacuum into '/tmp/x'", 'error', 'authoriz'],
    ['loads code', "select load_extension('x')", 'error', 'no such function'],
    ['moves its bounds', 'pragma hard_heap_limit = 0', 'error', 'not authorized'],
    ['asks for chance', 'select name from pets order by random()', 'error', 'not authorized'],
  ])('that %s gives nothing', async (_, text, ended, message) => {
    const ran = await query(text)
    expect(ran.ended).toBe(ended)
    if (ran.ended !== 'value') expect(ran.message).toContain(message)
    expect(await query('select count(*) from pets')).toMatchObject({ table: { rows: [[3]] } })
  })

  test('on tables that cannot be made is nobody’s answer', async () => {
    const asked = box.run({ language: 'sql', setup: 'create tabel x', query: 'select 1' })
    await expect(asked).rejects.toThrow(VerifierError)
  })
})

describe('the process', () => {
  // every call overflows the stack and is made again: no turn of a loop comes to an end
  const stuck = 'const f = () => { try { f() } finally { f() } }; f()'

  test('is ended where it has no answer in time, and the next job has a new one', async () => {
    const short = sandbox({ milliseconds: 4000, operations: 1e12 })
    const jobs = [stuck, '', stuck].map(code =>
      short.run({ language: 'javascript', code, asks: ['1'] }).catch((error: Error) => error),
    )
    const [first, second, third] = await Promise.all(jobs)
    for (const lost of [first, third]) expect(lost).toBeInstanceOf(VerifierError)
    expect(String(first)).toContain('no answer within 4 s')
    expect(second).toEqual({ ended: 'value', values: ['1'] })
    await short.close()
  })

  test('of code that never ends comes to its end where whoever asked was killed', async () => {
    const sandbox = JSON.stringify(pathToFileURL(built('sandbox/sandbox')).href)
    const text = `const { sandbox } = await import(${sandbox})
      const box = sandbox({ operations: 1e12, milliseconds: 4000 })
      await box.run({ language: 'javascript', code: '', asks: ['1'] })
      const loop = box.run({ language: 'javascript', code: 'for (;;);', asks: [] })
      await new Promise(resolve => setTimeout(resolve, 50)) // it has begun
      console.log(process._getActiveHandles().find(one => one.pid !== undefined).pid)
      await loop`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', text])
    const [said] = await once(parent.stdout, 'data')
    parent.kill('SIGKILL')
    const isThere = (): boolean => {
      try {
        return process.kill(Number(said), 0)
      } catch {
        return false
      }
    }
    await vi.waitFor(() => expect(isThere()).toBe(false), 20_000)
  })

  test('ends with the signal of who asked', async () => {
    const box = sandbox({ operations: 1e12 })
    const stop = new AbortController()
    const job = box.run({ language: 'javascript', code: 'for (;;);', asks: [] }, stop.signal)
    setTimeout(() => stop.abort(), 100)
    await expect(job).rejects.toThrow('aborted')
    expect(await box.run({ language: 'javascript', code: '', asks: ['1'] })).toMatchObject({
      ended: 'value',
    })
    await box.close()
  })
})
