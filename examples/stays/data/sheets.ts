/** Rows of one table, as CSV that COPY reads. */
export interface Sheet {
  readonly target: string
  readonly rows: number
  readonly csv: string
}

type Value = string | number | null

const ROWS_PER_SHEET = 20_000

export type Table =
  | 'countries'
  | 'places'
  | 'rental_types'
  | 'equipment'
  | 'meals'
  | 'services'
  | 'users'
  | 'products'
  | 'product_equipment'
  | 'product_meals'
  | 'product_services'
  | 'rooms'
  | 'units'
  | 'season_days'
  | 'prices'
  | 'bookings'

/** The tables that are filled, with the columns in the order of the rows. */
export const TARGETS: Readonly<Record<Table, string>> = {
  countries: 'code, name, continent',
  places: 'id, name, country, latitude, longitude, population',
  rental_types: 'id, slug, name',
  equipment: 'id, slug, name, category',
  meals: 'id, slug, name',
  services: 'id, slug, name',
  users:
    'id, role, email, password_hash, name, phone, country, language, about, created_at, updated_at',
  products:
    'id, host_id, place_id, rental_type_id, name, description, latitude, longitude, capacity, ' +
    'base_price, rating, review_count, created_at, updated_at',
  product_equipment: 'product_id, equipment_id',
  product_meals: 'product_id, meal_id, price',
  product_services: 'product_id, service_id, price',
  rooms: 'id, product_id, name, capacity',
  units: 'id, room_id, product_id, name',
  season_days: 'day, hemisphere, season',
  prices: 'room_id, season, nightly',
  bookings:
    'id, product_id, room_id, unit_id, guest_id, check_in, check_out, guests, total, created_at',
}

/** Collects rows for many tables and hands them over in large pieces. */
export class Sheets {
  readonly #lines = new Map<Table, string[]>()
  readonly counts: Record<string, number> = {}

  add(table: Table, values: readonly Value[]): void {
    const lines = this.#lines.get(table) ?? []
    if (lines.length === 0) this.#lines.set(table, lines)
    lines.push(values.map(field).join(','))
    this.counts[table] = (this.counts[table] ?? 0) + 1
  }

  /** The sheets that are full. */
  *full(): Generator<Sheet> {
    for (const [table, lines] of this.#lines) {
      if (lines.length >= ROWS_PER_SHEET) yield this.#take(table, lines)
    }
  }

  /** Whatever is left. */
  *rest(): Generator<Sheet> {
    for (const [table, lines] of this.#lines) yield this.#take(table, lines)
  }

  #take(table: Table, lines: readonly string[]): Sheet {
    this.#lines.delete(table)
    const csv = `${lines.join('\n')}\n`
    return { target: `${table} (${TARGETS[table]})`, rows: lines.length, csv }
  }
}

function field(value: Value): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  return `"${value.replaceAll('"', '""')}"`
}
