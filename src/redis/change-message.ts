import type { Change } from '../store/invalidation-log.ts'
import { canCompile } from '../store/pattern.ts'

/** A numbered change as `record` publishes it: `number|epoch|sender|kind[list]`. */
export interface ChangeMessage {
  readonly number: number
  readonly epoch: string
  readonly sender: string
  /** Undefined says that the state began anew: ask for all of it. */
  readonly change: Change | undefined
}

/** @returns undefined for what is no such message */
export function parseChangeMessage(text: string): ChangeMessage | undefined {
  const [number, epoch, sender] = text.split('|', 3)
  if (number === undefined || epoch === undefined || sender === undefined) return undefined
  if (!/^\d{1,16}$/.test(number)) return undefined
  const body = text.slice(number.length + epoch.length + sender.length + 3)
  const start = body.indexOf('[')
  const kind = start === -1 ? body : body.slice(0, start)
  const list = start === -1 ? [] : parseList(body.slice(start))
  if (!list) return undefined
  const change = changeOf(kind, list)
  if (!change && kind !== '') return undefined
  return { number: Number(number), epoch, sender, change }
}

/** What goes into the arguments of `record`, after those of every state script. */
export function changeArguments(change: Change): { kind: string; upTo: number; list: string[] } {
  if (change.kind === 'tags') return { kind: 'tags', upTo: 0, list: [...change.tags] }
  if (change.kind === 'pattern') return { kind: 'pattern', upTo: 0, list: [change.pattern] }
  if (change.kind === 'swept') {
    return { kind: 'swept', upTo: change.upTo, list: [change.pattern] }
  }
  return { kind: change.kind, upTo: 0, list: [] }
}

function changeOf(kind: string, list: readonly string[]): Change | undefined {
  const [first, second] = list
  if (kind === 'tags') return { kind, tags: list }
  if (kind === 'pattern' && isPattern(first)) return { kind, pattern: first }
  const upTo = Number(second)
  if (kind === 'swept' && isPattern(first) && Number.isSafeInteger(upTo)) {
    return { kind, pattern: first, upTo }
  }
  return kind === 'clear' || kind === 'none' ? { kind } : undefined
}

/** A later version may allow what this one cannot read. */
function isPattern(text: string | undefined): text is string {
  return text !== undefined && canCompile(text)
}

function parseList(text: string): string[] | undefined {
  try {
    const list: unknown = JSON.parse(text)
    return Array.isArray(list) ? list.map(String) : undefined
  } catch {
    return undefined
  }
}
