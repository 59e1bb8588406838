import { startAccount } from './account.js'
import { ask } from './api.js'
import { showProduct } from './details.js'
import { addDays, el, find, money, today } from './elements.js'

const form = find('#search')
let page = 1

function readForm() {
  const fields = new FormData(form)
  const params = new URLSearchParams()
  for (const [name, value] of fields) {
    if (value === '') continue
    params.set(name, name.endsWith('Price') ? String(Number(value) * 100) : value)
  }
  params.set('page', String(page))
  return params
}

async function search() {
  const params = readForm()
  const status = find('#status')
  status.className = 'status'
  status.textContent = 'Searching …'
  const begin = performance.now()
  try {
    const result = await ask(`/api/products/search?${params}`)
    const milliseconds = (performance.now() - begin).toFixed(1)
    status.textContent = `${result.total.toLocaleString()} stays, answered in ${milliseconds} ms`
    showResults(result, { from: params.get('checkIn'), to: params.get('checkOut') })
  } catch (error) {
    status.className = 'status bad'
    status.textContent = error.message
  }
}

function showResults({ hits, total, pageSize }, dates) {
  find('#results').replaceChildren(...hits.map((hit) => el('li', {}, card(hit, dates))))
  const last = Math.max(1, Math.ceil(total / pageSize))
  find('#pages').hidden = last === 1
  find('#page-number').textContent = `Page ${page} of ${last.toLocaleString()}`
  find('#previous').disabled = page === 1
  find('#next').disabled = page >= last
}

function card(hit, dates) {
  const { id, name, type, place, country, capacity, rating, reviewCount, nightly, total } = hit
  const button = el(
    'button',
    { type: 'button', className: 'card' },
    el('strong', {}, name),
    el('small', {}, `${type} · ${place}, ${country} · for ${capacity}`),
    el('small', {}, `★ ${rating.toFixed(1)} (${reviewCount})`),
    el(
      'span',
      { className: 'price' },
      el('b', {}, money(nightly)),
      total === null ? ' a night' : ` a night, ${money(total)} in all`,
    ),
  )
  button.addEventListener('click', () => showProduct(id, dates))
  return button
}

function turn(by) {
  page += by
  void search().then(() => find('#results').focus())
}

async function fillCountries() {
  const { countries } = await ask('/api/filters')
  const options = countries.map(({ value, label, products }) =>
    el('option', { value }, `${label} (${products})`),
  )
  form.elements.country.append(...options)
}

form.elements.checkIn.value = addDays(today(), 30)
form.elements.checkOut.value = addDays(today(), 37)
form.elements.checkIn.addEventListener('change', () => {
  const { checkIn, checkOut } = form.elements
  if (checkIn.value && checkOut.value <= checkIn.value) checkOut.value = addDays(checkIn.value, 7)
})
form.addEventListener('submit', (event) => {
  event.preventDefault()
  page = 1
  void search()
})
find('#previous').addEventListener('click', () => turn(-1))
find('#next').addEventListener('click', () => turn(1))

await Promise.all([startAccount(), fillCountries(), search()])
