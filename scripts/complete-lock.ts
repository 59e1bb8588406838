/*
 * npm may write a lock without the optional packages of other systems than the one it runs on
 * (npm/cli#4828), and then refuses that lock in `npm ci`. This adds what is missing: their version
 * and the systems they are for, which their names say. Run it after `npm install`.
 */
import { readFileSync, writeFileSync } from 'node:fs'

interface LockedPackage {
  readonly version?: string
  readonly dev?: boolean
  readonly optional?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly libc?: readonly string[]
}

type Packages = Record<string, LockedPackage>

const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'sunos']
const PROCESSORS = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x']

/** The part of a lock file's entries that is missing, by path. */
export function missingOptionals(packages: Packages): Packages {
  const missing: Packages = {}
  for (const [path, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
    for (const [name, range] of Object.entries(optionalDependencies)) {
      if (isLocked(packages, path, name)) continue
      const version = range.replace(/^[\^~]/, '')
      missing[`node_modules/${name}`] = {
        version,
        ...platformOf(name),
        ...(dev === true ? { dev } : {}),
        optional: true,
      }
    }
  }
  return missing
}

/** Below the package that wants it, or below any package that this one lies in. */
function isLocked(packages: Packages, from: string, name: string): boolean {
  const owners = from.split(/\/?node_modules\//).slice(1)
  return [...owners.keys(), owners.length].some((depth) => {
    const path = [...owners.slice(0, depth), name].map((owner) => `node_modules/${owner}`)
    return path.join('/') in packages
  })
}

/** `@esbuild/linux-x64` → Linux on x64. A package for no system in particular stays without. */
export function platformOf(name: string): Pick<LockedPackage, 'os' | 'cpu' | 'libc'> {
  if (name === 'fsevents') return { os: ['darwin'] }
  const words = name.replace('@', '').split(/[/-]/)
  const os = [...SYSTEMS, 'win32', 'openharmony'].find((system) => words.includes(system))
  const cpu = [...PROCESSORS, 'x64', 'wasm32'].find((processor) => {
    return words.some(
      (word) => word === processor || (processor === 'arm' && /^arm(v7|v6)?$/.test(word)),
    )
  })
  const isMusl = words.some((word) => word.startsWith('musl'))
  const isGlibc = words.some((word) => word.startsWith('gnu'))
  return {
    ...(cpu === undefined ? {} : { cpu: [cpu] }),
    ...(os === undefined ? {} : { os: [os] }),
    ...(isMusl ? { libc: ['musl'] } : isGlibc ? { libc: ['glibc'] } : {}),
  }
}

function main(file: string): void {
  const lock: { packages: Packages } = JSON.parse(readFileSync(file, 'utf8'))
  const missing = missingOptionals(lock.packages)
  const sorted = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) =>
    a.localeCompare(b, 'en'),
  )
  lock.packages = Object.fromEntries(sorted)
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
  console.log(`Added ${Object.keys(missing).length} optional packages of other systems to ${file}.`)
}

if (process.argv[1]?.endsWith('complete-lock.ts')) main(process.argv[2] ?? 'package-lock.json')
