import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { connect } from '../../src/connect/connect.ts'
import { profileOf, serve } from '../engine/tinker/subject.ts'

const servers = {
  'means, live publications': {},
  'sums, snapshots, clips, counts twice what is sent twice': {
    ...({ reduction: 'sum', snapshots: true, clips: true, idempotent: false } as const),
    leadingNull: true,
  },
}

test.each(Object.entries(servers))('finds what a server does: %s', async (_, settings) => {
  const server = await serve({ vocabSize: 64, ...settings })
  const { profile, findings, ownLogprobs } = await connect({ url: server.url, apiKey: null })
  expect(profile).toEqual({ ...profileOf(settings), carrier: 'cispo' })
  expect(ownLogprobs).toBe(true)
  const found = Object.fromEntries(findings.map(({ about, value }) => [about, value]))
  expect(found).toMatchObject({
    'requests add up until a step': true,
    'the gradient is the slope': true,
    'a step of rate 0 moves nothing': true,
    'a saved state is the model': 0,
    'it goes on as the model did': 0,
  })
  expect(server.loaded).toBe(0)
})

describe('who answers', () => {
  test('another base model is named with those that are there', async () => {
    const { url } = await serve()
    const asked = connect({ url, apiKey: null, baseModel: 'Qwen/Qwen3-8B' })
    await expect(asked).rejects.toThrow('no model Qwen/Qwen3-8B; it has tabular')
  })

  test.each<[string, RequestListener, string]>([
    ['a page', (_, answer) => answer.end('<html>'), 'does it speak the Tinker protocol'],
    ['nothing of the kind', (_, answer) => answer.writeHead(404).end(), 'is this the address of'],
    ['whoever wants a key', (_, answer) => answer.writeHead(401).end(), 'set TINKER_API_KEY'],
    [
      'another version',
      ({ url }, answer) =>
        answer.end(
          url?.endsWith('get_server_capabilities')
            ? '{"supported_models":[{"model_name":"x"}]}'
            : '{"session":1}',
        ),
      'create_session: its answer is damaged; does it speak the Tinker protocol, of this version?',
    ],
  ])('%s', async (_, listener, message) => {
    const server = createServer(listener).listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    onTestFinished(() => void server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await expect(connect({ url, apiKey: null })).rejects.toThrow(message)
  })

  test('a key goes to no other machine in clear', async () => {
    const asked = connect({ url: 'http://192.0.2.1:8000', apiKey: 'secret' })
    await expect(asked).rejects.toThrow('in clear')
    await expect(connect({ url: 'http://192.0.2.1:8000', apiKey: 'secret' })).rejects.not.toThrow(
      'secret',
    )
  })
})
