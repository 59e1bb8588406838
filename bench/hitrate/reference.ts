/**
 * Hit rates in percent of five online policies and of Belady's optimum, which nobody can reach
 * without knowing the future. First 1,000,000 requests of each trace.
 */
export interface Reference {
  readonly trace: string
  readonly capacity: number
  readonly lru: number
  readonly sieve: number
  readonly s3fifo: number
  readonly arc: number
  /** W-TinyLFU with a fixed window of 1 %. */
  readonly wTinyLfu: number
  readonly opt: number
}

export const POLICIES = ['lru', 'sieve', 's3fifo', 'arc', 'wTinyLfu'] as const

const TABLE = `
lirs-cpp 16 0.46 7.38 14.35 14.96 15.47 21.05
lirs-cpp 61 19.35 52.8 56.89 49.75 60.69 71.06
lirs-cpp 244 82.88 85.14 85.02 85.32 83.8 86.47
lirs-loop 16 0 0 0 0 0 1.48
lirs-loop 50 0 0 0 0 0 4.85
lirs-loop 202 0 0 0 0 18.62 19.88
lirs-multi1 26 1.03 5.57 6.55 6.14 15.97 20.41
lirs-multi1 130 23.84 33.54 45.48 44.41 44.14 49.31
lirs-multi1 521 46.72 49.33 48.94 49.43 55.15 59.31
lirs-multi2 56 3.51 6.76 10.61 10.6 20.06 27.68
lirs-multi2 284 26.89 28.19 35.2 34.76 40.62 48.65
lirs-multi2 1136 48.02 50.75 49.83 50.8 57.88 64.22
lirs-two-pools 99 21.77 47.7 44.16 46.47 44.08 50.51
lirs-two-pools 496 51.01 51.84 51.89 51.86 51.91 62.79
lirs-two-pools 1987 59.25 59.28 59.26 59.2 59.18 75.28
orm-busy 441 63.88 63.74 65.42 65.03 51.6 77.33
orm-busy 2208 82.51 81.9 83.23 83.03 74.89 88.2
orm-busy 8835 89.43 89.7 90.54 89.57 87.77 93.94
scarab-recs 2211 33.49 39.76 41.71 39.78 39.3 51.98
scarab-recs 11055 49.85 52.23 54.32 53.27 52.07 67.4
scarab-recs 44220 67.48 66.86 68.21 68.31 63.7 77.33
web07 204 39.15 42.32 43.82 41.91 38.6 53.38
web07 1024 50.56 53.44 54.22 53.21 50.99 63.72
web07 4096 61.03 62.56 62.56 62.82 60.21 71.72
`

export const REFERENCES: readonly Reference[] = TABLE.trim().split('\n').map(toReference)

/** The best of the five. */
export function bestOf(reference: Reference): number {
  return Math.max(...POLICIES.map((policy) => reference[policy]))
}

function toReference(line: string): Reference {
  const [trace = '', ...figures] = line.split(' ')
  const [capacity = 0, lru = 0, sieve = 0, s3fifo = 0, arc = 0, wTinyLfu = 0, opt = 0] =
    figures.map(Number)
  return { trace, capacity, lru, sieve, s3fifo, arc, wTinyLfu, opt }
}
