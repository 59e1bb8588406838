import { Router } from 'express'
import { nightsBetween, today } from '../data/days.ts'
import { tagsOfBooking } from '../definitions/tags.ts'
import { Input, idFrom } from '../http/input.ts'
import { found, notFound, Problem } from '../http/problem.ts'
import { named, type Services } from '../http/services.ts'
import { requireSession } from '../http/session.ts'
import { type BookingOutcome, type BookingRequest, createBooking } from '../queries/bookings.ts'
import { MAX_NIGHTS } from './limits.ts'

/** POST /api/bookings and GET /api/bookings/:id */
export function bookingRoutes(services: Services): Router {
  const { definitions, database, cache } = services
  const router = Router()
  router.post(
    '/api/bookings',
    named(services, 'book', async (request, response) => {
      const { session } = await requireSession(request, definitions)
      const wanted = readBooking(request.body, session.userId)
      const id = booked(await createBooking(database, wanted), wanted)
      await cache.invalidateTags(tagsOfBooking(wanted.productId, wanted.guestId))
      const booking = await definitions.bookings.get(id)
      response.status(201).location(`/api/bookings/${id}`).json(booking)
    }),
  )
  router.get(
    '/api/bookings/:id',
    named(services, 'booking', async (request, response) => {
      const id = idFrom(request.params.id, 'booking')
      const { session } = await requireSession(request, definitions)
      const booking = found(await definitions.bookings.get(id), `booking ${id}`)
      const mayRead = [booking.guestId, booking.hostId].includes(session.userId)
      // Whether a foreign booking exists is nobody's business.
      if (!mayRead) throw notFound(`booking ${id}`)
      response.json(booking)
    }),
  )
  return router
}

function readBooking(body: unknown, guestId: number): BookingRequest {
  const input = new Input(body)
  const number = { min: 1, max: 999_999_999 }
  const productId = input.required('productId', input.whole('productId', number)) ?? 0
  const roomId = input.required('roomId', input.whole('roomId', number)) ?? 0
  const guests = input.required('guests', input.whole('guests', { min: 1, max: 20 })) ?? 0
  const checkIn = input.required('checkIn', input.day('checkIn')) ?? ''
  const checkOut = input.required('checkOut', input.day('checkOut')) ?? ''
  input.check()
  const nights = nightsBetween(checkIn, checkOut)
  if (nights < 1 || nights > MAX_NIGHTS) {
    input.fail('checkOut', `Expected 1 to ${MAX_NIGHTS} nights after checkIn.`)
  }
  if (checkIn < today()) input.fail('checkIn', 'Expected today or later.')
  input.check()
  return { productId, roomId, guestId, checkIn, checkOut, guests }
}

function booked(result: BookingOutcome, { productId, roomId }: BookingRequest): number {
  switch (result.outcome) {
    case 'booked':
      return result.id
    case 'no-such-room':
      throw notFound(`room ${roomId} in product ${productId}`)
    case 'too-many-guests':
      throw new Problem(400, 'Bad request', 'The room is too small for so many guests.')
    case 'no-price':
      throw new Problem(400, 'Bad request', 'There are no prices yet for those days.')
    case 'not-available':
      throw new Problem(409, 'Not available', 'No unit of this room is free on all those nights.')
  }
}
