// Whose turn it is: any number of readers at once, or one writer; in the order in which they came.

interface Waiting {
  readonly alone: boolean
  readonly start: () => void
}

export class Turns {
  private readers = 0
  private writing = false
  private readonly waiting: Waiting[] = []

  /** Runs beside other readers. */
  read<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#run(false, work, signal)
  }

  /** Runs alone. */
  write<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return this.#run(true, work, signal)
  }

  async #run<T>(alone: boolean, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    await new Promise<void>(resolve => {
      this.waiting.push({ alone, start: resolve })
      this.#next()
    })
    try {
      signal?.throwIfAborted()
      return await work()
    } finally {
      if (alone) this.writing = false
      else this.readers--
      this.#next()
    }
  }

  #next(): void {
    for (let first = this.waiting[0]; first !== undefined; first = this.waiting[0]) {
      if (this.writing || (first.alone && this.readers > 0)) return
      this.waiting.shift()
      if (first.alone) this.writing = true
      else this.readers++
      first.start()
    }
  }
}
