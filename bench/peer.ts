// A Python that has PyTorch, transformers and TRL, asked what the same work takes there. It stays open, so that what it
// loads and compiles is no part of what it answers.

import { spawn } from 'node:child_process'
import { createInterface, type Interface } from 'node:readline'
import { threads } from './measure.ts'

/** The shape of a model, as peers.py makes it. */
export interface PeerShape {
  readonly vocabSize: number
  readonly hiddenSize: number
  readonly intermediateSize: number
  readonly layers: number
  readonly heads: number
}

interface Answer {
  readonly ms?: number
  readonly lacks?: string // why there is no number
  readonly versions?: string
}

export class Peer {
  private readonly child
  private readonly answers: AsyncIterator<string>
  private readonly lines: Interface

  constructor(python: string) {
    const script = new URL('peers.py', import.meta.url).pathname
    this.child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'ignore'] })
    this.lines = createInterface({ input: this.child.stdout })
    this.answers = this.lines[Symbol.asyncIterator]()
  }

  /** Milliseconds of a verb of peers.py; NaN where the peer lacks what that needs. */
  async ms(verb: string, shape: PeerShape, asked: object): Promise<number> {
    const { vocabSize, hiddenSize, intermediateSize, layers, heads } = shape
    const sizes = { vocabSize, hiddenSize, intermediateSize, layers, heads }
    return (await this.ask({ verb, shape: sizes, ...asked })).ms ?? Number.NaN
  }

  /** What is installed there. */
  async versions(): Promise<string> {
    return (await this.ask({ verb: 'versions' })).versions ?? ''
  }

  close(): void {
    this.lines.close()
    this.child.kill()
  }

  private async ask(question: object): Promise<Answer> {
    this.child.stdin.write(`${JSON.stringify({ ...question, threads })}\n`)
    const { value, done } = await this.answers.next()
    if (done) throw new Error('the Python of --peer ended; try: PYTHON bench/peers.py')
    return JSON.parse(value)
  }
}
