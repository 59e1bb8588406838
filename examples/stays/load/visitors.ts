import { Client } from './client.ts'
import { createRouteSamples, type RouteSamples } from './samples.ts'
import type { Request, Traffic } from './traffic.ts'

export interface Measured {
  readonly samples: RouteSamples
  readonly seconds: number
  /** Answers that no visitor should get, with one of them told in full. */
  readonly failures: number
  readonly firstFailure: string | undefined
}

/**
 * Sends traffic in a closed loop: each visitor asks, waits for the answer, and asks again at once.
 * So a slow server is asked less, and how long visitors wait is bounded by their number.
 *
 * @param onProgress called about once a second with the seconds gone
 */
export async function sendTraffic(
  url: string,
  traffic: Traffic,
  {
    visitors,
    seconds,
    onProgress,
  }: {
    readonly visitors: number
    readonly seconds: number
    readonly onProgress: (gone: number, answers: number) => void
  },
): Promise<Measured> {
  const tally = new Tally()
  const begin = performance.now()
  const gone = (): number => (performance.now() - begin) / 1_000
  const ticker = setInterval(() => onProgress(gone(), tally.answers), 1_000)
  const visit = async (): Promise<void> => {
    const client = new Client(url)
    while (gone() < seconds) await tally.take(client, traffic.next())
    client.close()
  }
  await Promise.all(Array.from({ length: visitors }, visit))
  clearInterval(ticker)
  return tally.measured(gone())
}

/** One visitor asks a route several times, with nobody else there. */
export async function askAlone(url: string, requests: readonly Request[]): Promise<Measured> {
  const tally = new Tally()
  const client = new Client(url)
  const begin = performance.now()
  for (const request of requests) await tally.take(client, request)
  client.close()
  return tally.measured((performance.now() - begin) / 1_000)
}

class Tally {
  readonly #samples = createRouteSamples()
  #failures = 0
  #firstFailure: string | undefined
  answers = 0

  async take(client: Client, request: Request): Promise<void> {
    const { status, body, milliseconds } = await client.ask(request)
    this.answers += 1
    this.#samples[request.route].add(milliseconds)
    // Someone else was faster: an answer like any other.
    if (status < 400 || (request.route === 'book' && status === 409)) return
    this.#failures += 1
    this.#firstFailure ??= `${status} ${request.method ?? 'GET'} ${request.path} ${body}`
  }

  measured(seconds: number): Measured {
    const [samples, failures, firstFailure] = [this.#samples, this.#failures, this.#firstFailure]
    return { samples, seconds, failures, firstFailure }
  }
}
