/*
 * Runs before the tests: sees that the programs they start are there, and installs what is missing
 * where it may (root, with apt). It asks nothing; where it may not install, it says what to type.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { decide, findProgram, installCommand, SERVICES, type Service } from './services.ts'

/** Debian starts a service as it installs it, unless this script says that it may not (101). */
const POLICY = '/usr/sbin/policy-rc.d'

function main(): void {
  const wanted = SERVICES.filter((service) => stepFor(service) === 'install')
  if (wanted.length > 0) install(wanted.map((service) => service.aptPackage))
  const refusals = SERVICES.map(stepFor).filter((step) => typeof step === 'object')
  for (const { refuse } of refusals) console.error(refuse)
  if (refusals.length > 0) process.exit(1)
}

let hasTried = false

function stepFor(service: Service): ReturnType<typeof decide> {
  const named = process.env[service.variable]
  return decide(service, {
    named,
    found: findProgram(named ?? service.command) !== undefined,
    isRoot: process.getuid?.() === 0 && !hasTried,
    hasApt: findProgram('apt-get') !== undefined,
  })
}

function install(packages: readonly string[]): void {
  hasTried = true
  console.log(`Installing what the tests start: ${installCommand(packages)}`)
  withoutStartingServices(() => {
    run('apt-get update')
    run(installCommand(packages))
  })
}

function withoutStartingServices(work: () => void): void {
  const isOurs = !existsSync(POLICY)
  if (isOurs) writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  try {
    work()
  } finally {
    if (isOurs) rmSync(POLICY, { force: true })
  }
}

function run(command: string): void {
  const [program = '', ...words] = command.split(' ')
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // The output of apt goes to the error stream: standard output may be read by a machine.
  spawnSync(program, ['-q', '-o', 'DPkg::Lock::Timeout=120', ...words], {
    env,
    stdio: ['ignore', 2, 2],
  })
}

main()
