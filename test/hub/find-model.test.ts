import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { openOnnxEngine } from '../../src/engine/onnx/open.ts'
import { ConfigError, DataError, EngineError } from '../../src/errors.ts'
import { type Downloading, type FindOptions, findModel } from '../../src/hub/find-model.ts'
import { lookUpModel } from '../../src/hub/look-up.ts'
import { loadTokenizer } from '../../src/tokenizer/load.ts'
import { built } from '../built.ts'
import { fixture } from '../cli/commands.ts'
import { firstCommit, type HubServer, hubServer, identity, refuse, sendFile } from './hub-server.ts'

const weights = 'model.safetensors'
const token = 'hf_topsecret123'
let hub: HubServer
let home: string
let env: Record<string, string>

beforeEach(async () => {
  hub = await hubServer(fixture('qwen2'))
  home = mkdtempSync(join(tmpdir(), 'minform-hub-'))
  env = { HF_HOME: home, HF_ENDPOINT: hub.url }
})
afterEach(async () => {
  await hub.close()
  rmSync(home, { recursive: true })
})

const find = (named: string, options: FindOptions = {}) =>
  findModel(named, { env, backoffMs: 1, silenceMs: 2000, ...options })
const storage = (): string => join(home, 'hub', 'models--tiny--model')
const weightsAsked = () => hub.asked.filter(({ path }) => path.includes(weights))

async function failure(act: Promise<unknown>): Promise<Error> {
  return act.then(
    () => Promise.reject(Error('it did not fail')),
    error => error as Error,
  )
}

describe('a model of the Hub', () => {
  test('lies in the cache as Python lays it out, and loads', async () => {
    const { path, name } = await find('tiny/model')
    expect(name).toBe(`tiny/model@${firstCommit}`)
    expect(path).toBe(join(storage(), 'snapshots', firstCommit))
    expect(readFileSync(join(storage(), 'refs', 'main'), 'utf8')).toBe(firstCommit)
    const names = readdirSync(path).sort()
    expect(names).toEqual([...hub.files.keys()].sort())
    const { lfs } = identity(hub.files.get(weights)!)
    expect(readlinkSync(join(path, weights))).toBe(join('..', '..', 'blobs', lfs!.oid))
    const config = identity(hub.files.get('config.json')!)
    expect(readlinkSync(join(path, 'config.json'))).toBe(join('..', '..', 'blobs', config.oid))
    const blobs = readdirSync(join(storage(), 'blobs'))
    expect(blobs.filter(blob => !/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(blob))).toEqual([])
    const engine = await openOnnxEngine(path)
    expect(engine.info.architecture).toBe('qwen2')
    expect((await loadTokenizer(path, engine.info.vocabSize)).encode('3+4').length).toBeGreaterThan(
      0,
    )
    await engine.close()
  })

  test('in shards, and nothing that is not needed', async () => {
    await hub.close()
    hub = await hubServer(fixture('qwen2-bf16-sharded'))
    env = { ...env, HF_ENDPOINT: hub.url }
    const others = ['README.md', 'consolidated.safetensors', 'pytorch_model.bin', 'onnx/model.onnx']
    for (const name of others) hub.files.set(name, Buffer.from('not needed'))
    const { path } = await find('tiny/model')
    const wanted = [...hub.files.keys()].filter(name => !others.includes(name))
    expect(readdirSync(path).sort()).toEqual(wanted.sort())
  })

  test('without its weights where those are elsewhere; with them once somebody asks', async () => {
    const { path, name } = await find('tiny/model', { weights: false })
    expect(name).toBe(`tiny/model@${firstCommit}`)
    expect(readdirSync(path)).toEqual(expect.arrayContaining(['config.json', 'tokenizer.json']))
    expect(readdirSync(path)).not.toContain(weights)
    expect(weightsAsked()).toEqual([])
    hub.asked.length = 0
    const again = await find(name, { weights: false, env: { ...env, HF_HUB_OFFLINE: '1' } })
    expect(again).toEqual({ path, name })
    expect(hub.asked).toEqual([])
    expect(readdirSync((await find(name)).path)).toContain(weights)
    await find('tiny/model')
    hub.commit = 'b'.repeat(40)
    const newer = await find('tiny/model', { weights: false })
    expect(newer.name).toBe(`tiny/model@${'b'.repeat(40)}`)
    const offline = { ...env, HF_HUB_OFFLINE: '1' } // the branch is still the copy that is whole
    expect((await find('tiny/model', { env: offline })).name).toBe(name)
  })

  test('a second time only the commit and the list of files are asked for', async () => {
    await find('tiny/model')
    hub.asked.length = 0
    await find('tiny/model')
    const pages = Array(2).fill(`/api/models/tiny/model/tree/${firstCommit}`)
    const asked = hub.asked.map(({ path }) => path.split('?')[0])
    expect(asked).toEqual(['/api/models/tiny/model/revision/main', ...pages])
    hub.asked.length = 0
    await find(`tiny/model@${firstCommit}`) // a commit does not change
    expect(hub.asked).toEqual([])
  })

  test('a new commit shares what has not changed', async () => {
    const old = await find('tiny/model')
    hub.commit = 'b'.repeat(40)
    hub.files.set('generation_config.json', Buffer.from('{"eos_token_id": 1}'))
    hub.asked.length = 0
    const { path } = await find('tiny/model')
    expect(path).not.toBe(old.path)
    expect(weightsAsked()).toEqual([])
    expect(readFileSync(join(path, 'generation_config.json'), 'utf8')).toContain('1}')
    expect((await find(`tiny/model@${firstCommit}`)).path).toBe(old.path)
  })

  test('a revision whose name has slashes', async () => {
    const { name } = await find('tiny/model@refs/pr/1')
    expect(name).toBe(`tiny/model@${firstCommit}`)
    expect(readFileSync(join(storage(), 'refs/refs/pr/1'), 'utf8')).toBe(firstCommit)
  })

  test('one GGUF file of a repository', async () => {
    hub.files.set('tiny.Q8_0.gguf', Buffer.from('GGUF'))
    const { path, name } = await find('tiny/model:tiny.Q8_0.gguf')
    expect(readFileSync(path, 'utf8')).toBe('GGUF')
    expect(name).toBe(`tiny/model@${firstCommit}:tiny.Q8_0.gguf`)
    expect((await find(name)).path).toBe(path)
    const error = await failure(find('tiny/model:other.gguf'))
    expect(error.message).toContain('tiny/model has no file other.gguf; there is model.safetensors')
  })

  test('progress counts every byte', async () => {
    const seen: Downloading[] = []
    await find('tiny/model', { onProgress: one => seen.push(one) })
    const total = [...hub.files.values()].reduce((sum, { length }) => sum + length, 0)
    expect(seen.at(-1)).toEqual({ name: 'tiny/model', file: weights, done: total, total })
    expect(seen.every(({ done }, i) => i === 0 || done >= seen[i - 1]!.done)).toBe(true)
    const again: Downloading[] = []
    await find('tiny/model', { onProgress: one => again.push(one) })
    expect(again).toEqual([])
  })
})

describe('what is on this machine goes first', () => {
  test('a folder or file that exists is not asked for', async () => {
    const folder = join(home, 'tiny', 'model')
    mkdirSync(folder, { recursive: true })
    const before = process.cwd()
    process.chdir(home)
    try {
      expect(await find('tiny/model')).toEqual({ path: 'tiny/model', name: 'tiny/model' })
    } finally {
      process.chdir(before)
    }
    expect(hub.asked).toEqual([])
  })

  test.each([
    './tiny/model',
    '/tiny/model',
    'a/b/c',
    'model',
    'a..b/c',
    'a/b@../x',
    '',
    'a/b:../c',
  ])("'%s' is neither", async named => {
    const error = await failure(find(named))
    expect(error).toBeInstanceOf(ConfigError)
    expect(error.message).toMatch(/^there is no folder or file .*, nor is that a name on the Hub/)
    expect(hub.asked).toEqual([])
  })

  test('offline, the cache alone', async () => {
    const { path } = await find('tiny/model')
    hub.asked.length = 0
    env.HF_HUB_OFFLINE = '1'
    expect((await find('tiny/model')).path).toBe(path)
    rmSync(join(path, weights))
    const error = await failure(find('tiny/model'))
    expect(error).toBeInstanceOf(ConfigError)
    expect(error.message).toContain('HF_HUB_OFFLINE is set, and tiny/model is not, or not all')
    expect(hub.asked).toEqual([])
  })

  test('a hub that cannot be reached: the cache, and it is said', async () => {
    const { path } = await find('tiny/model')
    await hub.close()
    const said: string[] = []
    const again = await find('tiny/model', { retries: 1, say: line => said.push(line) })
    expect(again.path).toBe(path)
    expect(said).toEqual([expect.stringMatching(/ECONNREFUSED.* tiny\/model is taken from the/)])
  })

  test('a hub that cannot be reached, and nothing in the cache', async () => {
    await hub.close()
    const error = await failure(find('tiny/model', { retries: 1 }))
    expect(error).toBeInstanceOf(EngineError)
    const { host } = new URL(hub.url)
    for (const part of [`fetched from ${host}`, 'HF_ENDPOINT', 'HF_HUB_OFFLINE', 'give a folder'])
      expect(error.message).toContain(part)
    expect(readdirSync(home)).toEqual([])
  })
})

describe('a repository without a model that can be read', () => {
  test.each([
    ['x.Q4_0.gguf', '; one of its GGUF files is named tiny/model:x.Q4_0.gguf'],
    ['pytorch_model.bin', 'pytorch_model.bin'],
  ])('%s', async (only, message) => {
    for (const name of [...hub.files.keys()])
      if (name.includes('safetensors')) hub.files.delete(name)
    hub.files.set(only, Buffer.from('x'))
    const error = await failure(find('tiny/model'))
    expect(error).toBeInstanceOf(ConfigError)
    expect(error.message).toContain('tiny/model has no model.safetensors; there is')
    expect(error.message).toContain(message)
  })

  test('an index that names what is not there', async () => {
    hub.files.delete(weights)
    const index = { weight_map: { a: 'model-00001-of-00001.safetensors' } }
    hub.files.set('model.safetensors.index.json', Buffer.from(JSON.stringify(index)))
    const error = await failure(find('tiny/model'))
    expect(error).toBeInstanceOf(DataError)
    expect(error.message).toContain('names model-00001-of-00001.safetensors, not there')
    index.weight_map.a = '../../../../outside'
    hub.files.set('model.safetensors.index.json', Buffer.from(JSON.stringify(index)))
    hub.commit = 'c'.repeat(40)
    expect((await failure(find('tiny/model'))).message).toContain('not an index of weights')
  })
})

describe('a hub that refuses', () => {
  const refusing = (status: number, code: string | null): void => {
    hub.misbehave = (_, response) => {
      refuse(response, status, code)
      return true
    }
  }
  test.each([
    [401, 'GatedRepo', 'is gated (status 401): accept its terms at', 'and set HF_TOKEN'],
    [403, 'GatedRepo', 'is gated (status 403): accept its terms at', 'and set HF_TOKEN'],
    [403, null, 'is gated (status 403)', '/tiny/model, and set HF_TOKEN'],
    [401, 'RepoNotFound', 'has no model tiny/model, or it is private', 'HF_TOKEN is not set'],
    [404, 'RepoNotFound', 'has no model tiny/model, or it is private', '(status 404)'],
    [404, 'RevisionNotFound', 'tiny/model has no revision main at', '127.0.0.1'],
  ])('%i %s', async (status, code, ...parts) => {
    refusing(status, code)
    const error = await failure(find('tiny/model'))
    expect(error).toBeInstanceOf(ConfigError)
    expect(error.message).toContain('there is no folder tiny/model; ')
    for (const part of parts) expect(error.message).toContain(part)
    expect(hub.asked.length).toBe(1) // asking again cannot help
  })

  test('a revision that is not there', async () => {
    const error = await failure(find('tiny/model@v9'))
    expect(error.message).toContain('tiny/model has no revision v9 at 127.0.0.1')
  })

  test('a page instead of an answer', async () => {
    hub.misbehave = (_, response) => {
      response.end('<html>log in</html>')
      return true
    }
    const error = await failure(find('tiny/model'))
    expect(error).toBeInstanceOf(EngineError)
    expect(error.message).toContain('check HF_ENDPOINT')
  })
})

describe('the token', () => {
  beforeEach(() => {
    env.HF_TOKEN = token
  })

  test('goes to the Hub and to no other host', async () => {
    await find('tiny/model')
    const at = (host: string) => hub.asked.filter(one => one.host === host)
    expect(at('hub').length).toBeGreaterThan(4)
    expect(new Set(at('hub').map(one => one.authorization))).toEqual(new Set([`Bearer ${token}`]))
    expect(at('store').length).toBeGreaterThan(0)
    expect(new Set(at('store').map(one => one.authorization))).toEqual(new Set([undefined]))
  })

  test('is in no message, even where a server echoes it', async () => {
    hub.misbehave = (request, response) => {
      response.setHeader('content-type', 'application/json')
      response.statusCode = 400
      response.end(JSON.stringify({ error: `what is ${request.headers.authorization}?` }))
      return true
    }
    const error = await failure(find('tiny/model'))
    expect(error.message).toContain('status 400: what is Bearer ***?')
    expect(error.message).not.toContain(token)
  })

  test('as hf auth login stores it', async () => {
    delete env.HF_TOKEN
    writeFileSync(join(home, 'token'), `${token}\n`)
    await find('tiny/model')
    expect(hub.asked[0]!.authorization).toBe(`Bearer ${token}`)
  })

  test.each(['hf_ä', 'hf_a b', 'hf_a\nx: y'])(
    'that none can be is refused, not told',
    async bad => {
      env.HF_TOKEN = bad
      const error = await failure(find('tiny/model'))
      expect(error.message).toContain('HF_TOKEN holds characters that no token has')
      expect(error.message).not.toContain(bad)
    },
  )

  test('does not belong in the address', async () => {
    env.HF_ENDPOINT = 'http://me:geheim@localhost'
    const error = await failure(find('tiny/model'))
    expect(error.message).toContain('HF_ENDPOINT holds a user')
    expect(error.message).not.toContain('geheim')
  })
})

describe('a download that goes wrong', () => {
  /** Misbehaves at the first so many requests for the weights. */
  const at = (times: number, act: HubServer['misbehave']): void => {
    let left = times
    hub.misbehave = (request, response, file) =>
      file !== null && left-- > 0 && act(request, response, file)
  }
  const cutAfter = (bytes: number): void => {
    at(1, (_, response, file) => {
      response.setHeader('content-length', file!.length)
      response.write(file!.subarray(0, bytes), () => response.destroy())
      return true
    })
  }
  const unfinishedSize = (): number => {
    const { oid } = identity(hub.files.get(weights)!).lfs!
    return statSync(join(storage(), 'blobs', `${oid}.minform.incomplete`)).size
  }
  const intact = (path: string): void => {
    expect(readFileSync(join(path, weights)).equals(hub.files.get(weights)!)).toBe(true)
    expect(readdirSync(join(storage(), 'blobs')).filter(name => name.includes('.'))).toEqual([])
  }

  test('cut off, it is continued', async () => {
    cutAfter(100_000)
    const { path } = await find('tiny/model')
    intact(path)
    const [first, second, ...more] = hub.asked.filter(one => one.host === 'store')
    expect([first!.range, more]).toEqual([undefined, []])
    const from = Number(/^bytes=(\d+)-$/.exec(second!.range!)![1])
    expect(from > 0 && from <= 100_000).toBe(true)
  })

  test('given up, it is continued the next time', async () => {
    cutAfter(200_000)
    await failure(find('tiny/model', { retries: 0 }))
    expect(readdirSync(join(storage(), 'snapshots', firstCommit))).not.toContain(weights)
    expect(readdirSync(storage())).not.toContain('refs')
    hub.asked.length = 0
    const range = `bytes=${unfinishedSize()}-`
    const { path } = await find('tiny/model')
    intact(path)
    expect(weightsAsked().map(one => one.range)).toEqual([range, range])
  })

  test('a server that cannot continue begins anew', async () => {
    cutAfter(100_000)
    const cut = hub.misbehave
    hub.misbehave = (request, response, file) => {
      if (cut(request, response, file)) return true
      delete request.headers.range
      return false
    }
    intact((await find('tiny/model')).path)
  })

  test('what lies there is longer than the file: begun anew', async () => {
    const { oid } = identity(hub.files.get(weights)!).lfs!
    mkdirSync(join(storage(), 'blobs'), { recursive: true })
    const unfinished = join(storage(), 'blobs', `${oid}.minform.incomplete`)
    writeFileSync(unfinished, Buffer.alloc(hub.files.get(weights)!.length + 1))
    intact((await find('tiny/model')).path)
  })

  test('what lies there is of another file: seen by the sum, fetched again', async () => {
    const { oid } = identity(hub.files.get(weights)!).lfs!
    mkdirSync(join(storage(), 'blobs'), { recursive: true })
    writeFileSync(join(storage(), 'blobs', `${oid}.minform.incomplete`), Buffer.alloc(5000))
    intact((await find('tiny/model')).path)
  })

  test.each([weights, 'config.json'])(
    'wrong bytes of %s twice: refused, nothing kept',
    async name => {
      const right = hub.files.get(name)!
      const wrong = Buffer.from(right)
      wrong[10]! ^= 1
      hub.misbehave = (request, response, file) => {
        const asked = file !== null ? file === right : request.url!.endsWith(`/${name}`)
        if (!asked || (file === null && right.length >= 100_000)) return false
        sendFile(request, response, wrong)
        return true
      }
      const error = await failure(find('tiny/model'))
      expect(error).toBeInstanceOf(DataError)
      expect(error.message).toContain(`${name}: twice other bytes came than the Hub says (sum `)
      expect(readdirSync(join(storage(), 'blobs')).filter(one => one.includes('.'))).toEqual([])
      const snapshots = join(storage(), 'snapshots', firstCommit)
      expect(
        readdirSync(storage()).includes('snapshots') ? readdirSync(snapshots) : [],
      ).not.toContain(name)
    },
  )

  test('wrong bytes once: fetched again', async () => {
    at(1, (request, response, file) => {
      const wrong = Buffer.from(file!)
      wrong[10]! ^= 1
      sendFile(request, response, wrong)
      return true
    })
    intact((await find('tiny/model')).path)
  })

  test('another size than the Hub says', async () => {
    at(9, (_, response) => {
      response.setHeader('content-length', 7)
      response.end('too few')
      return true
    })
    const error = await failure(find('tiny/model'))
    expect(error).toBeInstanceOf(DataError)
    const size = hub.files.get(weights)!.length
    expect(error.message).toContain(`${weights}: 7 bytes came; the Hub says ${size}`)
  })

  test('more bytes than the Hub says, without their number', async () => {
    at(9, (_, response, file) => {
      response.write(file!)
      response.end('and more')
      return true
    })
    const error = await failure(find('tiny/model'))
    expect(error.message).toContain('more bytes came; the Hub says')
  })

  test('500 twice, then right', async () => {
    at(2, (_, response) => {
      response.statusCode = 500
      response.end()
      return true
    })
    intact((await find('tiny/model')).path)
  })

  test('429: waits as long as it is told', async () => {
    let refusedAt = 0
    let cameAfter = 0
    hub.misbehave = (_, response) => {
      if (refusedAt > 0) {
        cameAfter ||= performance.now() - refusedAt
        return false
      }
      refusedAt = performance.now()
      response.writeHead(429, { 'retry-after': '1' }).end()
      return true
    }
    await find('tiny/model')
    expect(cameAfter).toBeGreaterThan(990)
  })

  test('429 for longer than anybody waits', async () => {
    hub.misbehave = (_, response) => {
      response.writeHead(429, { 'retry-after': '3600' }).end()
      return true
    }
    const error = await failure(find('tiny/model'))
    expect(error.message).toMatch(/status 429, and asks to wait 3600 s/)
    expect(hub.asked.length).toBe(1)
  })

  test('silence ends an attempt, a slow drip does not', async () => {
    const timers: NodeJS.Timeout[] = []
    let attempts = 0
    hub.misbehave = (_, response, file) => {
      if (file === null) return false
      response.setHeader('content-length', file.length)
      if (attempts++ === 0) {
        response.write(file.subarray(0, 1000)) // and nothing more
        return true
      }
      let sent = 1000
      response.statusCode = 206
      response.setHeader('content-length', file.length - sent)
      response.setHeader('content-range', `bytes ${sent}-${file.length - 1}/${file.length}`)
      const step = Math.ceil(file.length / 10)
      timers.push(
        setInterval(() => {
          response.write(file.subarray(sent, sent + step))
          sent += step
          if (sent >= file.length) response.end()
        }, 300),
      )
      return true
    }
    try {
      intact((await find('tiny/model', { silenceMs: 2000 })).path) // in all it takes longer
      expect(attempts).toBe(2)
    } finally {
      timers.forEach(clearInterval)
    }
  })

  test('an interrupt ends it at once, and the rest is continued', async () => {
    const stop = new AbortController()
    at(1, (_, response, file) => {
      response.setHeader('content-length', file!.length)
      response.write(file!.subarray(0, 50_000))
      return true
    })
    const failed = failure(find('tiny/model', { signal: stop.signal }))
    await vi.waitFor(() => expect(unfinishedSize()).toBeGreaterThan(0), 20_000) // some of it has come
    stop.abort()
    expect((await failed).name).toBe('AbortError')
    hub.asked.length = 0
    const there = unfinishedSize()
    intact((await find('tiny/model')).path)
    expect(weightsAsked()[0]!.range).toBe(`bytes=${there}-`)
  })

  test('a process that is killed is continued by another', async () => {
    at(1, (_, response, file) => {
      response.setHeader('content-length', file!.length)
      response.write(file!.subarray(0, 300_000))
      return true
    })
    const script = `import { findModel } from '${built('hub/find-model')}'; await findModel('tiny/model')`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      env: { ...process.env, ...env },
      stdio: 'inherit',
    })
    await vi.waitFor(() => expect(unfinishedSize()).toBeGreaterThan(0), { timeout: 20_000 })
    child.kill('SIGKILL')
    await once(child, 'exit')
    hub.asked.length = 0
    const there = unfinishedSize()
    intact((await find('tiny/model')).path)
    expect(weightsAsked()[0]!.range).toBe(`bytes=${there}-`)
    expect(readdirSync(join(home, 'hub', '.locks', 'models--tiny--model'))).toEqual([])
  })

  test('a place that cannot be written', async () => {
    writeFileSync(join(home, 'hub'), 'a file')
    const error = await failure(find('tiny/model'))
    expect(error).toBeInstanceOf(EngineError)
    expect(error.message).toContain('cannot be written')
    expect(error.message).toContain('HF_HOME names another place')
  })
})

test('two at once fetch it once', async () => {
  const said: string[] = []
  const options = { say: (line: string): void => void said.push(line) }
  const found = await Promise.all([find('tiny/model', options), find('tiny/model', options)])
  expect(found[0]).toEqual(found[1])
  expect(hub.asked.filter(one => one.host === 'store').length).toBe(1)
})

test('a program that was refused ends at once', async () => {
  hub.misbehave = (request, response) => {
    if (!request.url!.includes('/resolve/')) return false
    refuse(response, 403, 'GatedRepo')
    return true
  }
  const script = `import { findModel } from '${built('hub/find-model')}'; await findModel('tiny/model').catch(() => {})`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    env: { ...process.env, ...env },
    stdio: 'inherit',
  })
  const [code] = await once(child, 'exit', { signal: AbortSignal.timeout(20_000) })
  expect(code).toBe(0) // no timer of a request that is over holds it for its 30 s
})

test('a model is looked up without being fetched', async () => {
  const all = [...hub.files.values()].reduce((sum, { length }) => sum + length, 0)
  expect(await lookUpModel('tiny/model', { env })).toEqual({ path: null, bytes: all })
  expect(readdirSync(home)).toEqual([])
  const { path } = await find('tiny/model')
  hub.asked.length = 0
  expect(await lookUpModel('tiny/model', { env })).toEqual({ path, bytes: 0 })
  expect(await lookUpModel(path, { env })).toEqual({ path, bytes: 0 })
  expect(hub.asked).toEqual([])
  await expect(lookUpModel('tiny/model@v9', { env })).rejects.toThrow('has no revision v9')
})

test('where the cache lies', async () => {
  const elsewhere = join(home, 'elsewhere')
  const { path } = await find('tiny/model', { env: { ...env, HF_HUB_CACHE: elsewhere } })
  expect(relative(elsewhere, path)).toBe(join('models--tiny--model', 'snapshots', firstCommit))
})

test('a redirect in a circle ends', async () => {
  const server = createServer((_, response) => {
    response.writeHead(302, { location: '/again' }).end()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  env.HF_ENDPOINT = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const error = await failure(find('tiny/model', { retries: 1 }))
  expect(error).toBeInstanceOf(EngineError)
  server.close()
})
