/*
 * Probabilistic early refresh, known as XFetch [1].
 *
 * Callers that all wait for the expiry all miss in the same instant. So each caller draws a head
 * start from an exponential distribution, and reloads if the expiry lies inside it: the nearer the
 * expiry the likelier, and the slower the last load the earlier. No caller knows of another, and
 * nothing is stored but `loadMs`.
 *
 * The draw is only made inside a window before the expiry, of `beta * loadMs * WINDOW`: further
 * away it would come out positive for one caller in 3 000, and the hit that needs no draw needs
 * no random number either.
 *
 * [1] A. Vattani, F. Chierichetti, K. Lowenstein: Optimal Probabilistic Cache Stampede
 *     Prevention. PVLDB 8(8), 2015, 886-897. https://doi.org/10.14778/2757807.2757813
 */

const WINDOW = 8

export interface EarlyRefresh {
  readonly now: number
  readonly freshUntil: number
  /** How long the last load took, in milliseconds. */
  readonly loadMs: number
  /** Above 1 refreshes earlier, below 1 later; 0 never. */
  readonly beta: number
  /** Uniform in [0, 1), as `Math.random`. */
  readonly random: () => number
}

export function shouldRefreshEarly(args: EarlyRefresh): boolean {
  const { now, freshUntil, loadMs, beta, random } = args
  if (now < earlyFrom(freshUntil, loadMs, beta)) return false
  // 1 - random() lies in (0, 1]: the logarithm stays finite.
  const headStartMs = loadMs * beta * -Math.log(1 - random())
  return headStartMs > 0 && now + headStartMs >= freshUntil
}

/** From when on `shouldRefreshEarly` has to be asked. */
export function earlyFrom(freshUntil: number, loadMs: number, beta: number): number {
  return freshUntil - loadMs * beta * WINDOW
}
