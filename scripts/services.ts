import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A program of the system that tests start by themselves. */
export interface Service {
  /** What it is called in a search path. */
  readonly command: string
  /** The environment variable that names another binary. */
  readonly variable: string
  /** What has it in Debian and Ubuntu. */
  readonly aptPackage: string
  readonly neededFor: string
}

export const SERVICES: readonly Service[] = [
  {
    command: 'redis-server',
    variable: 'REDIS_SERVER_BIN',
    aptPackage: 'redis-server',
    neededFor: 'tests of the Redis tier, which run on a real server',
  },
  {
    command: 'openssl',
    variable: 'OPENSSL_BIN',
    aptPackage: 'openssl',
    neededFor: 'certificates of the TLS tests',
  },
]

/** What has to happen before the tests can use a service. */
export type Step = 'nothing' | 'install' | { readonly refuse: string }

export interface Surroundings {
  /** An own binary was named for the service. */
  readonly named: string | undefined
  readonly found: boolean
  readonly isRoot: boolean
  readonly hasApt: boolean
}

export function decide(service: Service, { named, found, isRoot, hasApt }: Surroundings): Step {
  if (found) return 'nothing'
  if (named !== undefined) {
    return { refuse: `${service.variable} names '${named}', which is no program that can be run.` }
  }
  if (isRoot && hasApt) return 'install'
  return { refuse: missing(service, hasApt) }
}

function missing({ command, variable, aptPackage, neededFor }: Service, hasApt: boolean): string {
  const way = hasApt
    ? `Type: sudo ${installCommand([aptPackage])}`
    : `On Debian or Ubuntu type: sudo ${installCommand([aptPackage])}`
  return `\`${command}\` is missing (${neededFor}).\n${way}\nOr name a binary in ${variable}.`
}

export function installCommand(packages: readonly string[]): string {
  return `apt-get install -y --no-install-recommends ${packages.join(' ')}`
}

/** @returns the path of the program, or `undefined` where it cannot be run. */
export function findProgram(
  name: string,
  searchPath: string = process.env.PATH ?? '',
): string | undefined {
  if (name.includes('/')) return isProgram(name) ? name : undefined
  return searchPath
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isProgram)
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
