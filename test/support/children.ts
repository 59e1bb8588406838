/*
 * Programs that tests start. They end with the test process, however it ends: by an exit hook, and
 * where the system has it (Linux: `setpriv --pdeathsig`) by the kernel, so that not even a killed
 * test process leaves one behind.
 */
import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { findProgram } from '../../scripts/services.ts'

const running = new Set<ChildProcess>()
const folders = new Set<string>()
let isHooked = false

export interface ChildOptions {
  readonly stdio: StdioOptions
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly serialization?: 'advanced'
}

/** Starts a program that cannot outlive this process. */
export function startChild(
  program: string,
  args: readonly string[],
  options: ChildOptions,
): ChildProcess {
  hook()
  const guard = findProgram('setpriv')
  const [command, words] =
    guard === undefined ? [program, args] : [guard, ['--pdeathsig', 'KILL', '--', program, ...args]]
  const child = spawn(command, words, options)
  running.add(child)
  child.once('exit', () => running.delete(child))
  child.once('error', () => running.delete(child))
  return child
}

/** Ends the child, a paused one too, and waits until it is gone. */
export async function endChild(
  child: ChildProcess,
  signal: NodeJS.Signals = 'SIGKILL',
): Promise<void> {
  if (hasEnded(child)) return
  const ended = once(child, 'exit')
  child.kill(signal)
  if (signal !== 'SIGKILL') child.kill('SIGCONT')
  await ended
}

export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

/** Removes the folder when the test file ends, should it not do so itself. */
export function removeAtExit(folder: string): void {
  hook()
  folders.add(folder)
}

export function removeNow(folder: string): void {
  folders.delete(folder)
  rmSync(folder, { recursive: true, force: true })
}

/** Ends and removes what a test file forgot; runs after it, as workers of vitest end unannounced. */
export function tidyUp(): void {
  for (const child of running) child.kill('SIGKILL')
  for (const folder of [...folders]) removeNow(folder)
}

function hook(): void {
  if (isHooked) return
  isHooked = true
  process.once('exit', tidyUp)
}
