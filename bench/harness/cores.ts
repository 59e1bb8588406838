import { execFileSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { findProgram } from '../../scripts/services.ts'

/* Server and client each have a core to themselves, where the system can do that. */

const taskset: string | undefined = availableParallelism() > 1 ? findProgram('taskset') : undefined

export const isPinned: boolean = taskset !== undefined

const SERVER_CORE = '0'
const CLIENT_CORE = '1'

/** Puts a running process, with all its threads, on the core of servers. */
export function pinServer(pid: number): void {
  if (taskset === undefined) return
  execFileSync(taskset, ['-a', '-c', '-p', SERVER_CORE, `${pid}`], { stdio: 'ignore' })
}

/** The command line that runs `words` on the core of clients, or of servers. */
export function onCore(core: 'client' | 'server', words: readonly string[]): string[] {
  if (taskset === undefined) return [...words]
  return [taskset, '-c', core === 'client' ? CLIENT_CORE : SERVER_CORE, ...words]
}
