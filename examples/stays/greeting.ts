import type { Marker } from './data/build.ts'
import { addDays } from './data/days.ts'
import { DEMO_PASSWORD } from './data/people.ts'

/** What the terminal shows once everything runs. */
export function greeting(parts: {
  readonly url: string
  readonly database: string
  readonly cache: string
  readonly marker: Marker
}): string {
  const { url, database, cache, marker } = parts
  const { products, bookings } = marker.counts
  const from = addDays(marker.anchor, 45)
  const to = addDays(from, 7)
  return `
Stays: ${products} listings, ${bookings} bookings.
  database  ${database}
  cache     ${cache}
  page      ${url}/

Try:
  curl '${url}/api/products/search?q=sea+view&country=PT&checkIn=${from}&checkOut=${to}&guests=2'
  curl '${url}/api/products/17'
  curl '${url}/api/products/17/availability?from=${from}&to=${to}'
  curl '${url}/api/filters'
  curl -X POST '${url}/api/sessions' -H 'content-type: application/json' \\
    -d '{"email":"guest1@stays.example","password":"${DEMO_PASSWORD}"}'

Ctrl+C stops it.`
}
