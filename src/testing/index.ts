export type { Direction, Faults, Spot } from './chaos-pipe.ts'
export {
  type ChaosProxy,
  type ChaosProxyOptions,
  type ChaosTarget,
  chaosProxy,
} from './chaos-proxy.ts'
export {
  type ChaosStore,
  type ChaosStoreOptions,
  chaosStore,
  type StoreFaults,
} from './chaos-store.ts'
export { FAKE_START, type FakeClock, fakeClock } from './fake-clock.ts'
export { seededRandom } from './random.ts'
export { type StoreSuiteOptions, storeSuite } from './store-suite.ts'
