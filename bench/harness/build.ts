import { execFileSync } from 'node:child_process'
import { existsSync, rmSync, symlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PEERS = `${ROOT}bench/peers`
const BUILD = `${ROOT}bench/.build`

/** Compiles the package and the benches, both to plain JavaScript. @returns the benches' folder */
export function build(): string {
  console.error('compiling the package and the benches')
  const tsc = `${ROOT}node_modules/typescript/bin/tsc`
  run(process.execPath, [tsc, '-p', 'tsconfig.build.json'], ROOT)
  rmSync(BUILD, { recursive: true, force: true })
  run(process.execPath, [tsc, '-p', 'bench/tsconfig.json'], ROOT)
  return `${BUILD}/bench/`
}

/** Installs the pinned peers where they are not, and lets the compiled adapters find them. */
export function installPeers(): void {
  if (!existsSync(`${PEERS}/node_modules`)) {
    console.error('installing the pinned peers (once)')
    run('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], PEERS)
  }
  symlinkSync(`${PEERS}/node_modules`, `${BUILD}/bench/peers/node_modules`, 'dir')
}

function run(program: string, args: readonly string[], cwd: string): void {
  execFileSync(program, args, { cwd, stdio: ['ignore', 2, 2] })
}
