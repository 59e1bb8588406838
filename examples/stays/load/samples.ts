import { ROUTES, type Route } from './traffic.ts'

/** How long the answers of one route took, sorted when asked. */
export class Samples {
  readonly #times: number[] = []
  #isSorted = true

  add(milliseconds: number): void {
    this.#times.push(milliseconds)
    this.#isSorted = false
  }

  get count(): number {
    return this.#times.length
  }

  /** @returns undefined when there was no answer at all */
  percentile(share: number): number | undefined {
    if (!this.#isSorted) this.#times.sort((a, b) => a - b)
    this.#isSorted = true
    const rank = Math.max(0, Math.ceil(share * this.#times.length) - 1)
    return this.#times[rank]
  }
}

export type RouteSamples = Readonly<Record<Route, Samples>>

export function createRouteSamples(): RouteSamples {
  return Object.fromEntries(ROUTES.map((route) => [route, new Samples()])) as RouteSamples
}
