/** Where a subject keeps its entries: in the process, in Redis alone, or in both. */
export type Tier = 'memory' | 'redis' | 'both'

/** How a subject is to be made. */
export interface SubjectOptions {
  readonly tier: Tier
  readonly socketPath: string
  /** For libraries that take no unix socket. */
  readonly tcpUrl?: string | undefined
  /** Keeps the keys of subjects on one server apart. */
  readonly prefix: string
  readonly load: (key: string) => unknown
  /** Peculiar to one subject. */
  readonly variant?: string | undefined
}

/** A cache, ours or another's or a floor, behind the same few calls. */
export interface Subject {
  /** The stored value of a key. Absent where a library has loads only. */
  readonly read?: ((key: string) => Promise<unknown>) | undefined
  /** The stored value, or a load. */
  readonly get: (key: string) => Promise<unknown>
  readonly getMany?: ((keys: readonly string[]) => Promise<readonly unknown[]>) | undefined
  /** Stores a value. Absent where a library has loads only. */
  readonly set?: ((key: string, value: unknown) => Promise<unknown>) | undefined
  readonly delete: (key: string) => Promise<unknown>
  readonly close: () => Promise<unknown>
}

/** What the file of a subject exports. */
export interface SubjectModule {
  open(options: SubjectOptions): Promise<Subject>
}

/** Which subject, as it crosses to another process. */
export interface SubjectChoice {
  readonly name: string
  /** Path of its file from `bench/`, without the ending. */
  readonly file: string
  readonly variant?: string
}

export async function openSubject(file: string, options: SubjectOptions): Promise<Subject> {
  const module: unknown = await import(new URL(`../${file}.js`, import.meta.url).href)
  return (module as SubjectModule).open(options)
}
