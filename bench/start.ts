/* One benchmark in a process of its own: `node start.js l1 [--quick] [--no-peers]`. */
import { benchmarks } from './benchmarks.ts'
import type { Finding } from './harness/finding.ts'
import { readSelection } from './harness/selection.ts'

async function main(): Promise<void> {
  const known = Object.keys(benchmarks)
  const { names, isQuick, withPeers } = readSelection(process.argv.slice(2), known)
  for (const name of names) {
    await benchmarks[name]?.run({
      isQuick,
      withPeers,
      progress: (text) => console.error(`  ${text}`),
      report: (finding: Finding) => void process.send?.(finding),
    })
  }
  process.disconnect?.()
}

await main()
