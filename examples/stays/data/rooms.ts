import type { RentalType } from './catalogue.ts'
import type { Random } from './random.ts'

/** A kind of room that can be booked, and how many doors of it there are. */
export interface RoomPlan {
  readonly name: string
  readonly capacity: number
  readonly units: number
  /** Its price as a share of the listing's. */
  readonly priceFactor: number
}

const ROOM_KINDS: readonly Omit<RoomPlan, 'units'>[] = [
  { name: 'Single room', capacity: 1, priceFactor: 0.7 },
  { name: 'Double room', capacity: 2, priceFactor: 1 },
  { name: 'Twin room', capacity: 2, priceFactor: 0.95 },
  { name: 'Triple room', capacity: 3, priceFactor: 1.3 },
  { name: 'Family room', capacity: 5, priceFactor: 1.7 },
  { name: 'Suite', capacity: 4, priceFactor: 2.1 },
]

export function planRooms(type: RentalType, random: Random): RoomPlan[] {
  if (type.byRoom) {
    const kinds = random.sample(ROOM_KINDS, random.between(1, 4))
    return kinds.map((kind) => ({ ...kind, units: random.between(1, 4) }))
  }
  const capacity = random.between(2, 10)
  const priceFactor = 0.6 + capacity * 0.2
  return [{ name: `Entire ${type.name.toLowerCase()}`, capacity, units: 1, priceFactor }]
}
