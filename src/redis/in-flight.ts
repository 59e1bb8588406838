/**
 * One look at a key, from before it was asked for until its answer has been used.
 *
 * Changes are told on another connection than answers are given, so a change can be heard before
 * the older answer arrives. A ticket that was `spoilt` meanwhile says: do not keep this answer.
 */
export interface Ticket {
  readonly key: string
  spoilt: boolean
  /** Called once, when the key changes. */
  onChange: (() => void) | undefined
  next: Ticket | undefined
}

/** The looks that are under way, by key. */
export class InFlight {
  readonly #tickets = new Map<string, Ticket>()

  get size(): number {
    return this.#tickets.size
  }

  open(key: string): Ticket {
    const ticket: Ticket = {
      key,
      spoilt: false,
      onChange: undefined,
      next: this.#tickets.get(key),
    }
    this.#tickets.set(key, ticket)
    return ticket
  }

  close(ticket: Ticket): void {
    const first = this.#tickets.get(ticket.key)
    if (first === ticket) {
      if (ticket.next) this.#tickets.set(ticket.key, ticket.next)
      else this.#tickets.delete(ticket.key)
      return
    }
    for (let before = first; before; before = before.next) {
      if (before.next === ticket) before.next = ticket.next
    }
  }

  spoil(key: string): void {
    for (let ticket = this.#tickets.get(key); ticket; ticket = ticket.next) spoilTicket(ticket)
  }

  spoilAll(): void {
    for (const key of [...this.#tickets.keys()]) this.spoil(key)
  }
}

function spoilTicket(ticket: Ticket): void {
  ticket.spoilt = true
  const tell = ticket.onChange
  ticket.onChange = undefined
  tell?.()
}
