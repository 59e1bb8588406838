import { ask } from './api.js'
import { addDays, el, find, money, today } from './elements.js'

const dialog = find('#details')

/** Opens the dialog with what a task puts into it. */
export async function showDialog(fill) {
  const body = find('#details-body')
  body.replaceChildren(el('p', { className: 'hint' }, 'Loading …'))
  if (!dialog.open) dialog.showModal()
  try {
    body.replaceChildren(...(await fill()))
  } catch (error) {
    body.replaceChildren(el('p', { className: 'bad', role: 'alert' }, error.message))
  }
}

/** Everything about one listing, with its calendar, and a way to book. */
export function showProduct(id, dates) {
  return showDialog(async () => {
    const product = await ask(`/api/products/${id}`)
    const calendar = el('div', {})
    const range = rangeForm(dates, (from, to) => fillCalendar(calendar, product, from, to))
    await range.submit()
    return [...describe(product), range.form, calendar]
  })
}

function describe(product) {
  const { name, description, type, place, country, capacity, rating, reviewCount, host } = product
  return [
    el('h2', { id: 'details-title' }, name),
    el(
      'p',
      { className: 'hint' },
      `${type} in ${place}, ${country} · for ${capacity} · ★ ${rating} (${reviewCount}) · ${host.name}`,
    ),
    el('p', {}, description),
    chips([...product.equipment, ...product.meals, ...product.services]),
    el('h3', {}, 'Free nights'),
  ]
}

function chips(items) {
  return el('ul', { className: 'chips' }, ...items.map(({ name }) => el('li', {}, name)))
}

function rangeForm({ from, to }, onRange) {
  const first = el('input', { type: 'date', value: from ?? addDays(today(), 14), required: true })
  const last = el('input', { type: 'date', value: to ?? addDays(first.value, 7), required: true })
  const form = el(
    'form',
    { className: 'range' },
    el('label', {}, 'From', first),
    el('label', {}, 'To', last),
    el('button', {}, 'Look'),
  )
  const submit = () => onRange(first.value, last.value)
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    submit()
  })
  return { form, submit }
}

async function fillCalendar(calendar, product, from, to) {
  try {
    const answer = await ask(`/api/products/${product.id}/availability?from=${from}&to=${to}`)
    const rooms = answer.rooms.map((room) => showRoom(product, room, answer, calendar))
    calendar.replaceChildren(...rooms)
  } catch (error) {
    calendar.replaceChildren(el('p', { className: 'bad', role: 'alert' }, error.message))
  }
}

function showRoom(product, room, { from, to, units }, calendar) {
  const book = el('button', { type: 'button', disabled: room.freeUnits === 0 }, 'Book it')
  const outcome = el('p', { role: 'status' })
  book.addEventListener('click', async () => {
    try {
      const body = {
        productId: product.id,
        roomId: room.id,
        checkIn: from,
        checkOut: to,
        guests: 1,
      }
      const booking = await ask('/api/bookings', { method: 'POST', body })
      await fillCalendar(calendar, product, from, to)
      const done = `Booked: number ${booking.id}, ${money(booking.total)}.`
      calendar.prepend(el('p', { role: 'status' }, done))
    } catch (error) {
      outcome.className = 'bad'
      outcome.textContent = error.message
    }
  })
  const free = units.filter(({ roomId, free: isFree }) => roomId === room.id && isFree)
  const names = free.map(({ name }) => name).join(', ') || 'none on all of these nights'
  return el(
    'section',
    { className: 'room' },
    el('strong', {}, `${room.name}, for ${room.capacity}`),
    el(
      'p',
      { className: 'hint' },
      `${room.freeUnits} of ${room.units} free: ${names} · ${money(room.total)}`,
    ),
    el('ul', { className: 'nights' }, ...room.nights.map(showNight)),
    book,
    outcome,
  )
}

function showNight({ day, freeUnits, price }) {
  const state = freeUnits === 0 ? 'taken' : `${freeUnits} free`
  return el(
    'li',
    { className: freeUnits === 0 ? 'taken' : '' },
    day.slice(5),
    el('br', {}),
    state,
    el('br', {}),
    money(price),
  )
}
