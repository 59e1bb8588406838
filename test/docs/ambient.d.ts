/*
 * Names that examples of the docs use without declaring them: what an application already has.
 * An example that declares one of them itself means its own.
 */

/** Any database client. */
// biome-ignore lint/suspicious/noExplicitAny: examples speak to no particular database.
declare const db: any
