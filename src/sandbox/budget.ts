import type { Bounds } from './job.ts'

/** What is left to code that asks, every so many operations, whether it may go on. */
export class Budget {
  private turns = 0
  private readonly most: number
  private readonly end: number

  constructor({ operations, milliseconds }: Bounds, operationsOfATurn: number) {
    this.most = operations / operationsOfATurn
    this.end = performance.now() + milliseconds
  }

  /** Counts a turn; whether it was the last. */
  turn(): boolean {
    this.turns++
    return this.isSpent || this.isLate
  }

  /** Whether the operations are spent: the code's own doing. */
  get isSpent(): boolean {
    return this.turns > this.most
  }

  /** Whether time is over, which no one may be waiting for any more. */
  get isLate(): boolean {
    return performance.now() > this.end
  }
}
