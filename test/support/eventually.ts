import { setTimeout as wait } from 'node:timers/promises'

const STEP_MS = 5

/**
 * Asks until `check` neither throws nor answers false; after `withinMs` its last failure is thrown.
 * For what the outside world does in its own time. It bounds a wait, it measures no speed.
 */
export async function eventually<T>(
  check: () => T | Promise<T>,
  withinMs: number = 5_000,
): Promise<T> {
  const deadline = performance.now() + withinMs
  for (;;) {
    const outcome = await attempt(check)
    if ('value' in outcome) return outcome.value
    if (performance.now() >= deadline) throw outcome.error
    await wait(STEP_MS)
  }
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown }

async function attempt<T>(check: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    const value = await check()
    return value === false ? { error: new Error('It never became true.') } : { value }
  } catch (error) {
    return { error }
  }
}
