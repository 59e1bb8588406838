export { FAKE_START, type FakeClock, fakeClock } from './fake-clock.ts'
export { seededRandom } from './random.ts'
