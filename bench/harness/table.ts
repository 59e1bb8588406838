import type { Other, Result } from './finding.ts'

/** Any line of `bench/results`: other programs write there too, with fewer fields. */
export type Line = Pick<Result, 'name' | 'value' | 'unit'> &
  Partial<Omit<Result, 'target'>> & { readonly target?: string | number | null }

const HEADINGS = ['ratio', 'benchmark', 'value', 'beside', 'target', 'met'] as const

/** Lines as aligned columns, ratios first: absolute figures are those of one machine. */
export function formatTable(lines: readonly Line[]): string {
  const rows = [HEADINGS, ...lines.map(cellsOf)]
  const widths = HEADINGS.map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
    .map((text) => text.trimEnd())
    .join('\n')
}

/** Every target that was missed, and by how much. */
export function formatMissed(lines: readonly Line[]): string {
  const missed = lines.filter(({ met }) => met === false)
  if (missed.length === 0) return 'Every target is met.'
  const one = ({ name, value, unit, ratio, target, note }: Line): string => {
    const found = ratio ? `ratio ${ratio} (${value} ${unit})` : `${value} ${unit}`
    return `  ${name}: ${found}, target ${target}${note === undefined ? '' : ` — ${note}`}`
  }
  return [`Missed targets (${missed.length}):`, ...missed.map(one)].join('\n')
}

function cellsOf(line: Line): string[] {
  return [
    line.ratio ? `${line.ratio}` : '',
    line.name,
    `${line.value} ${line.unit}`,
    besideText(line.floor ?? line.peer),
    `${line.target ?? ''}`,
    line.met === undefined || line.met === null ? '' : line.met ? 'yes' : 'NO',
  ]
}

function besideText(other: Other | undefined): string {
  return other ? `${other.name}: ${other.value}` : ''
}
