import type { Marker } from '../data/build.ts'
import { addDays } from '../data/days.ts'
import { DEMO_PASSWORD } from '../data/people.ts'
import { Client } from './client.ts'

export interface Guest {
  readonly token: string
  readonly name: string
  readonly bookings: readonly number[]
}

export interface Host {
  readonly token: string
  readonly productIds: readonly number[]
}

export interface BookableRoom {
  readonly productId: number
  readonly roomId: number
}

/** Who is logged in during a run, and what they may book. */
export interface People {
  readonly rooms: readonly BookableRoom[]
  readonly guests: readonly Guest[]
  readonly hosts: readonly Host[]
}

const GUESTS = 100
const HOSTS = 30
const ROOMS = 300
const BOOKINGS_A_GUEST = 2
/** Spreads popular products over all numbers; coprime to any count that is no multiple of it. */
const STRIDE = 48_271

/** @param rank 0 for the most wanted one. */
export function popularProduct(rank: number, products: number): number {
  return 1 + ((rank * STRIDE) % products)
}

/**
 * Logs everybody in before the clock starts: a password check is slow on purpose. What this leaves
 * in the cache has to be cleared afterwards.
 */
export async function preparePeople(url: string, marker: Marker): Promise<People> {
  const client = new Client(url)
  try {
    const rooms = await findRooms(client, marker.counts.products ?? 1)
    const guests: Guest[] = []
    for (let number = 1; number <= GUESTS; number++) {
      guests.push(await prepareGuest(client, number, rooms, marker))
    }
    const hosts: Host[] = []
    for (let number = 1; number <= HOSTS; number++) hosts.push(await prepareHost(client, number))
    return { rooms, guests, hosts: hosts.filter(({ productIds }) => productIds.length > 0) }
  } finally {
    client.close()
  }
}

async function findRooms(client: Client, products: number): Promise<BookableRoom[]> {
  const rooms: BookableRoom[] = []
  for (let rank = 0; rank < ROOMS; rank++) {
    const productId = popularProduct(rank, products)
    const { body } = await client.ask({ path: `/api/products/${productId}` })
    const details = JSON.parse(body) as { rooms: { id: number }[] }
    rooms.push(...details.rooms.map(({ id }) => ({ productId, roomId: id })))
  }
  return rooms
}

async function prepareGuest(
  client: Client,
  number: number,
  rooms: readonly BookableRoom[],
  marker: Marker,
): Promise<Guest> {
  const { token } = await logIn(client, `guest${number}@stays.example`)
  const bookings: number[] = []
  for (let attempt = 0; bookings.length < BOOKINGS_A_GUEST; attempt++) {
    const room = rooms[(number * BOOKINGS_A_GUEST + attempt) % rooms.length] as BookableRoom
    // Far ahead, where little is booked yet.
    const checkIn = addDays(marker.anchor, 330 + (number % 30))
    const body = { ...room, checkIn, checkOut: addDays(checkIn, 1), guests: 1 }
    const answer = await client.ask({ method: 'POST', path: '/api/bookings', token, body })
    if (answer.status === 201) bookings.push((JSON.parse(answer.body) as { id: number }).id)
    else if (attempt > rooms.length) throw new Error(`Nothing can be booked: ${answer.body}`)
  }
  return { token, name: `Guest ${number}`, bookings }
}

async function prepareHost(client: Client, number: number): Promise<Host> {
  const { token, userId } = await logIn(client, `host${number}@stays.example`)
  const { body } = await client.ask({ path: `/api/hosts/${userId}/products` })
  const { products } = JSON.parse(body) as { products: { id: number }[] }
  return { token, productIds: products.map(({ id }) => id) }
}

async function logIn(client: Client, email: string): Promise<{ token: string; userId: number }> {
  const body = { email, password: DEMO_PASSWORD }
  const answer = await client.ask({ method: 'POST', path: '/api/sessions', body })
  if (answer.status !== 201) throw new Error(`${email} could not log in: ${answer.body}`)
  return JSON.parse(answer.body) as { token: string; userId: number }
}
