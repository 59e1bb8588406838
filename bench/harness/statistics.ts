/** The middle of the numbers, or the mean of the two in the middle. */
export function median(numbers: readonly number[]): number {
  return percentile(numbers, 50)
}

/** The smallest number that `share` percent of all do not exceed, interpolated between neighbours. */
export function percentile(numbers: readonly number[], share: number): number {
  if (numbers.length === 0) throw new Error('Expected at least one number, got none.')
  const sorted = [...numbers].sort((a, b) => a - b)
  const place = ((sorted.length - 1) * share) / 100
  const below = sorted[Math.floor(place)] as number
  const above = sorted[Math.ceil(place)] as number
  // Between two infinite neighbours lies no number that could be computed.
  return below === above ? below : below + (above - below) * (place - Math.floor(place))
}

/** Three significant digits: more would claim a precision that no run has. */
export function round(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(3)) : value
}
