import { chaosStore } from '../../src/testing/chaos-store.ts'
import { storeSuite } from '../../src/testing/store-suite.ts'
import { mapStore } from '../support/map-store.ts'

storeSuite('a map with a clock', mapStore)

storeSuite('a chaos store that was told no faults', (clock) =>
  chaosStore(mapStore(clock), { clock }),
)
