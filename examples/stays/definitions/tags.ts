import type { ProductField } from '../queries/product-changes.ts'

/*
 * What an entry is about, as tags, and which of them a write makes invalid. Both sides take their
 * names from here, so that they cannot drift apart.
 */

export const productTag = (id: number): string => `product:${id}`
export const hostTag = (id: number): string => `host:${id}`
export const availabilityTag = (productId: number): string => `availability:${productId}`
export const userTag = (id: number): string => `user:${id}`
export const staysTag = (guestId: number): string => `stays:${guestId}`
export const activityTag = (userId: number): string => `activity:${userId}`

/** Searches of one country; a search of the whole world carries the tag of none. */
export const searchTag = (country: string | null): string => `search:${country ?? 'world'}`

export interface ProductChange {
  readonly productId: number
  readonly hostId: number
  readonly countryCode: string
  readonly changed: readonly ProductField[]
}

const SHOWN_IN_SEARCH: ReadonlySet<ProductField> = new Set(['name', 'description', 'basePrice'])
const DECIDES_AVAILABILITY: ReadonlySet<ProductField> = new Set(['rooms', 'capacity'])

/**
 * The tags that a change of a product makes invalid: its details and its host's list always,
 * searches only where a field changed that they search or show, availability only where there is
 * more or less to book. A search that is not invalidated is at most its TTL old.
 */
export function tagsOfChange(change: ProductChange): string[] {
  const { productId, hostId, countryCode, changed } = change
  if (changed.length === 0) return []
  const tags = [productTag(productId), hostTag(hostId), activityTag(hostId)]
  if (changed.some((field) => SHOWN_IN_SEARCH.has(field))) {
    tags.push(searchTag(countryCode), searchTag(null))
  }
  if (changed.some((field) => DECIDES_AVAILABILITY.has(field))) {
    tags.push(availabilityTag(productId))
  }
  return tags
}

/** A booking takes nights away, and adds to what its guest has booked and done. */
export function tagsOfBooking(productId: number, guestId: number): string[] {
  return [availabilityTag(productId), staysTag(guestId), activityTag(guestId)]
}

/** A name is shown wherever its owner is: in their session and profile, with their products. */
export function tagsOfProfileChange(userId: number): string[] {
  return [userTag(userId), activityTag(userId)]
}
