/** The static data: what a listing can be and can have. */

export interface CatalogueItem {
  readonly id: number
  readonly slug: string
  readonly name: string
}

export interface RentalType extends CatalogueItem {
  /** Rented room by room instead of as a whole. */
  readonly byRoom: boolean
  /** What a night for two costs in a middling place, in euro cents. */
  readonly basePrice: number
  /** How common it is among all listings. */
  readonly weight: number
}

export const RENTAL_TYPES: readonly RentalType[] = [
  rentalType(1, 'Apartment', false, 7_800, 30),
  rentalType(2, 'House', false, 10_500, 14),
  rentalType(3, 'Villa', false, 18_900, 6),
  rentalType(4, 'Guest house', true, 6_400, 9),
  rentalType(5, 'Bed and breakfast', true, 7_100, 8),
  rentalType(6, 'Hotel', true, 11_200, 8),
  rentalType(7, 'Hostel', true, 3_100, 4),
  rentalType(8, 'Cabin', false, 8_600, 5),
  rentalType(9, 'Farm stay', true, 6_000, 4),
  rentalType(10, 'Chalet', false, 13_400, 4),
  rentalType(11, 'Houseboat', false, 12_100, 2),
  rentalType(12, 'Studio', false, 5_700, 6),
]

function rentalType(
  id: number,
  name: string,
  byRoom: boolean,
  basePrice: number,
  weight: number,
): RentalType {
  return { id, slug: slug(name), name, byRoom, basePrice, weight }
}

const EQUIPMENT_BY_CATEGORY = {
  Basics: ['Wifi', 'Heating', 'Air conditioning', 'Towels', 'Bed linen', 'Iron', 'Hair dryer'],
  Kitchen: ['Kitchen', 'Dishwasher', 'Oven', 'Microwave', 'Coffee machine', 'Kettle', 'Toaster'],
  Laundry: ['Washing machine', 'Tumble dryer', 'Drying rack'],
  Outdoors: ['Garden', 'Terrace', 'Balcony', 'Barbecue', 'Pool', 'Hot tub', 'Sea view', 'Bicycles'],
  Families: ['Cot', 'High chair', 'Board games', 'Playground', 'Stair gate'],
  Work: ['Desk', 'Monitor', 'Printer'],
  Leisure: ['Television', 'Fireplace', 'Sauna', 'Piano', 'Table tennis', 'Game console'],
  Access: ['Step-free entrance', 'Lift', 'Wide doors', 'Walk-in shower'],
  Parking: ['Free parking', 'Garage', 'Charger for electric cars'],
  Safety: ['Smoke alarm', 'Fire extinguisher', 'First-aid kit', 'Safe'],
} as const

export interface Equipment extends CatalogueItem {
  readonly category: string
}

export const EQUIPMENT: readonly Equipment[] = Object.entries(EQUIPMENT_BY_CATEGORY)
  .flatMap(([category, names]) => names.map((name) => ({ category, name })))
  .map(({ category, name }, index) => ({ id: index + 1, slug: slug(name), name, category }))

export const MEALS: readonly CatalogueItem[] = items([
  'Breakfast',
  'Breakfast basket',
  'Half board',
  'Full board',
  'All inclusive',
  'Packed lunch',
  'Vegetarian menu',
  'Vegan menu',
  'Children menu',
])

export const SERVICES: readonly CatalogueItem[] = items([
  'Airport transfer',
  'Daily cleaning',
  'Laundry service',
  'Luggage storage',
  'Late check-in',
  'Pets welcome',
  'Baby-sitting',
  'Bicycle hire',
  'Ski pass service',
  'Guided tours',
  'Massage',
  'Grocery delivery',
  'Room service',
  'Car hire',
])

function items(names: readonly string[]): CatalogueItem[] {
  return names.map((name, index) => ({ id: index + 1, slug: slug(name), name }))
}

function slug(name: string): string {
  return name.toLowerCase().replaceAll(' ', '-')
}
