export type { RedisOptions, Tracking } from './options.ts'
export { createTierStore, type TierStoreOptions } from './tier-store.ts'
