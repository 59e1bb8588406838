import { ABSENT, type LocalRegion, type LocalSpace, type LocalStore } from '../store/local-store.ts'

/** A store that keeps nothing: for processes that have no memory to spare. */
export class NoMemory implements LocalStore {
  readonly size: LocalStore['size'] = { entries: 0, bytes: 0, maxEntries: 0, maxBytes: 0 }

  space(_name: string): LocalSpace {
    return new EmptySpace()
  }

  close(): void {}
}

class EmptySpace implements LocalSpace {
  trustedUntil: number = Infinity

  region(name: string): LocalRegion {
    return new EmptyRegion(name)
  }

  regions(): Iterable<LocalRegion> {
    return []
  }

  deleteTags(): number {
    return 0
  }

  deleteWhere(): number {
    return 0
  }

  clear(): number {
    return 0
  }
}

class EmptyRegion implements LocalRegion {
  readonly name: string
  readonly size = 0

  constructor(name: string) {
    this.name = name
  }

  fresh(): unknown {
    return ABSENT
  }

  get(): undefined {
    return undefined
  }

  set(): boolean {
    return false
  }

  delete(): boolean {
    return false
  }

  keys(): Iterable<string> {
    return []
  }
}
