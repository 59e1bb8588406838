/* The other side of process.ts: what a forked file calls to answer the test that forked it. */

// biome-ignore lint/suspicious/noExplicitAny: any function may be called from the other process.
export type Handlers = Readonly<Record<string, (...args: any[]) => unknown>>

export interface Request {
  readonly id: number
  readonly name: string
  readonly args: readonly unknown[]
}

export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: PlainError }

/** What a structured clone of an error would lose: its class's name and its code. */
export interface PlainError {
  readonly name: string
  readonly message: string
  readonly code: unknown
  readonly stack: string | undefined
}

/** Answers the calls of the test, and ends when the test process goes away. */
export function answerRequests(handlers: Handlers): void {
  process.on('message', (message) => void answer(handlers, message as Request))
  process.once('disconnect', () => process.exit())
  process.send?.({ id: 0, value: 'ready' } satisfies Answer)
}

async function answer(handlers: Handlers, { id, name, args }: Request): Promise<void> {
  try {
    const value = await handlers[name]?.(...args)
    process.send?.({ id, value } satisfies Answer)
  } catch (error) {
    process.send?.({ id, error: toPlain(error) } satisfies Answer)
  }
}

function toPlain(error: unknown): PlainError {
  if (!(error instanceof Error)) {
    return { name: 'Error', message: String(error), code: undefined, stack: undefined }
  }
  const { name, message, stack } = error
  return { name, message, stack, code: 'code' in error ? error.code : undefined }
}

export function reviveError({ name, message, code, stack }: PlainError): Error {
  const error = new Error(message)
  return Object.assign(error, { name, code, stack: stack ?? error.stack })
}
