import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a request said, for a reply to depend on. */
export interface Asked {
  readonly call: number // from 0
  readonly body: {
    readonly model: string
    readonly messages: readonly { readonly role: string; readonly content: string }[]
    readonly seed?: number
  }
  readonly headers: IncomingHttpHeaders
  readonly path: string
}

/** A text to answer with, a status, anything at all, or nothing ever. */
export type Reply =
  | string
  | {
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly echo?: boolean // what authorizes the request, in the answer
    }
  | { readonly raw: string }
  | { readonly after: number; readonly text: string } // milliseconds
  | 'hang'
  | 'hang in the middle'
  | 'close'

export interface ChatServer {
  readonly url: string
  readonly asked: Asked[]
  mostAtOnce(): number
  close(): Promise<void>
}

/** A real HTTP server on this machine that speaks OpenAI's dialect, as well or badly as `reply` says. */
export async function chatServer(reply: (asked: Asked) => Reply): Promise<ChatServer> {
  const asked: Asked[] = []
  let [open, most] = [0, 0]
  const server = createServer(async (request, response) => {
    most = Math.max(most, ++open)
    response.on('close', () => open--)
    let text = ''
    for await (const chunk of request) text += chunk
    const { headers, url: path = '' } = request
    const one: Asked = { call: asked.length, body: JSON.parse(text), headers, path }
    asked.push(one)
    await answer(response, reply(one), headers)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    asked,
    mostAtOnce: () => most,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  response: ServerResponse,
  reply: Reply,
  { authorization }: IncomingHttpHeaders,
): Promise<void> {
  if (reply === 'hang') return
  if (reply === 'close') return void response.destroy()
  if (reply === 'hang in the middle') return void response.writeHead(200).write('{"choices": [')
  if (typeof reply === 'string') return void response.end(chatJson(reply))
  if ('status' in reply)
    return void response
      .writeHead(reply.status, reply.headers)
      .end(reply.echo ? `no entry for ${authorization}` : '{"error": "no"}')
  if ('raw' in reply) return void response.end(reply.raw)
  await new Promise(resolve => setTimeout(resolve, reply.after))
  response.end(chatJson(reply.text))
}

function chatJson(content: string): string {
  const usage = { prompt_tokens: 7, completion_tokens: 3 }
  return JSON.stringify({ choices: [{ message: { role: 'assistant', content } }], usage })
}
