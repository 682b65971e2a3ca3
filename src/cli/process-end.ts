/** An end that is nobody's fault, with the exit code that says so; a message that is empty is not printed. */
export class ProcessEnd extends Error {
  override readonly name = 'AbortError' // as everything that is aborted throws it
  readonly code: number

  constructor(message: string, code: number) {
    super(message)
    this.code = code
  }
}
