import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { defineCommand } from 'citty'
import { expect, test } from 'vitest'
import { type Commands, dispatch } from '../../src/cli/dispatch.ts'
import { ProcessEnd } from '../../src/cli/process-end.ts'
import { ConfigError, RunError } from '../../src/errors.ts'
import { built } from '../built.ts'

const ran: Record<string, unknown>[] = []
const grade = defineCommand({
  meta: { description: 'grade answers' },
  args: {
    file: { type: 'positional', required: false },
    policy: { type: 'enum', options: ['reward', 'eval'], default: 'reward' },
    'max-tokens': { type: 'string', alias: 'm' },
    json: { type: 'boolean' },
    maskClosing: { type: 'boolean' },
  },
  run: ({ args }) => {
    const { file, policy, json } = args
    ran.push({ file, policy, json, maxTokens: args['max-tokens'] })
  },
})
const failing = (error: unknown) =>
  defineCommand({
    run: () => {
      throw error
    },
  })
const train = defineCommand({ meta: { description: 'train it' }, run: () => void ran.push({}) })
const commands: Commands = {
  grade: { about: 'grade answers', load: async () => ({ default: grade }) },
  prm: {
    about: 'reward models',
    load: async () => ({ default: defineCommand({ subCommands: { train: () => train } }) }),
  },
  made: {
    about: 'made from its arguments',
    load: async () => ({
      default: ([recipe]) =>
        defineCommand({
          args: { recipe: { type: 'positional' }, [`${recipe}-size`]: { type: 'string' } },
          run: ({ args }) => void ran.push({ size: args[`${recipe}-size`] }),
        }),
    }),
  },
  usage: { about: '', load: async () => ({ default: failing(new ConfigError('bad value')) }) },
  run: { about: '', load: async () => ({ default: failing(new RunError('disk full')) }) },
  bug: { about: '', load: async () => ({ default: failing(new TypeError('x is undefined')) }) },
  abort: {
    about: '',
    load: async () => ({ default: failing(new ProcessEnd('terminated', 143)) }),
  },
}

async function minform(...argv: string[]) {
  const [out, err]: [string[], string[]] = [[], []]
  ran.length = 0
  const code = await dispatch(commands, argv, {
    out: text => void out.push(text),
    err: text => void err.push(text),
    version: '1.2.3',
    debug: false,
  })
  return { code, out: out.join(''), err: err.join('') }
}

test('a command gets its arguments, in either spelling', async () => {
  expect(
    await minform('grade', 'f.jsonl', '--policy=eval', '--max-tokens', '-1', '--json'),
  ).toEqual({ code: 0, out: '', err: '' })
  expect(ran).toEqual([{ file: 'f.jsonl', policy: 'eval', json: true, maxTokens: '-1' }])
  await minform('grade', '-', '--maxTokens', '5', '--no-json')
  expect(ran).toEqual([{ file: '-', policy: 'reward', json: false, maxTokens: '5' }])
  await minform('grade', '-m', '5')
  expect(ran).toMatchObject([{ maxTokens: '5' }])
  expect((await minform('prm', 'train')).code).toBe(0)
  expect(ran).toEqual([{}])
})

test('a command can be made from its arguments', async () => {
  expect((await minform('made', 'group', '--group-size', '8')).code).toBe(0)
  expect(ran).toEqual([{ size: '8' }])
  expect((await minform('made', 'group', '--grup-size', '8')).err).toContain("'--group-size'")
})

test.each([
  [['sample'], "there is no command 'sample'"],
  [['grad'], "there is no command 'grad'; did you mean 'grade'?"],
  [['--quiet'], "there is no option '--quiet'"],
  [['prm', 'trian'], "prm has no command 'trian'; did you mean 'train'?"],
  [['grade', '--polcy', 'eval'], "grade has no option '--polcy'; did you mean '--policy'?"],
  [['grade', '--max-token=3'], "did you mean '--max-tokens'?"],
  [['grade', '-x'], "grade has no option '-x'"],
  [
    ['grade', '--policy', 'evil'],
    "--policy is one of reward, eval, got 'evil'; did you mean 'eval'?",
  ],
  [['grade', '--max-tokens'], '--max-tokens needs a value'],
  [['grade', '--max-tokens', '--json'], '--max-tokens needs a value'],
  [['grade', '--json=maybe'], "--json is true or false, got 'maybe'"],
  [['grade', 'a', 'b'], "grade: one argument too many: 'b'"],
  [['grade', 'a', 'json'], "did you mean '--json'?"],
  [['made'], 'RECIPE'],
  [['usage'], 'bad value'],
])('%j is wrong usage', async (argv, message) => {
  const { code, out, err } = await minform(...argv)
  expect(code).toBe(2)
  expect(out).toBe('')
  expect(err).toContain(message)
  expect(err).toMatch(/^minform: [^\n]+\n$/)
  expect(ran).toEqual([])
})

test('a failed run is 1, a defect says how to see more, an interruption is 130', async () => {
  expect(await minform('run')).toEqual({ code: 1, out: '', err: 'minform: disk full\n' })
  const bug = await minform('bug')
  expect(bug.code).toBe(1)
  expect(bug.err).toMatch(/^minform: TypeError: x is undefined\n.*MINFORM_DEBUG=1/)
  expect(await minform('abort')).toEqual({ code: 143, out: '', err: 'minform: terminated\n' })
})

test('help and version go to standard output; no command is wrong usage', async () => {
  expect(await minform('--version')).toEqual({ code: 0, out: '1.2.3\n', err: '' })
  for (const argv of [['--help'], ['-h'], ['help']]) {
    const { code, out } = await minform(...argv)
    expect([code, out.includes('grade answers')]).toEqual([0, true])
  }
  for (const argv of [
    ['grade', '--help'],
    ['help', 'grade'],
    ['grade', '--nonsense', '-h'],
  ]) {
    const { code, out } = await minform(...argv)
    expect([code, out.includes('--max-tokens')]).toEqual([0, true])
    expect(out).toContain('minform grade')
    expect(out).toContain('--mask-closing')
  }
  expect(await minform()).toMatchObject({ code: 2, out: '' })
  const prm = await minform('prm')
  expect(prm).toMatchObject({ code: 2, out: '' })
  expect(prm.err).toContain('train it')
})

test('the program itself: exit codes, and quiet when its reader has gone', async () => {
  const main = built('cli/main')
  const program = (...argv: string[]) =>
    spawnSync(process.execPath, [main, ...argv], { encoding: 'utf8' })
  const version = program('--version')
  expect([version.status, version.stderr]).toEqual([0, ''])
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(program('nonsense-command')).toMatchObject({ status: 2, stdout: '' })

  const unread = spawn(process.execPath, [main, '--help'])
  unread.stdout.destroy()
  const complaints: string[] = []
  unread.stderr.on('data', data => complaints.push(String(data)))
  expect(await once(unread, 'close')).toEqual([0, null])
  expect(complaints).toEqual([])
})
