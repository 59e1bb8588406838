import type { ErrorRequestHandler, RequestHandler, Response } from 'express'

/** One thing that is wrong with a request. */
export interface InputError {
  readonly field: string
  readonly message: string
}

/** A refusal with a sentence for whoever sent the request (RFC 9457). */
export class Problem extends Error {
  readonly status: number
  readonly title: string
  readonly errors: readonly InputError[]

  constructor(status: number, title: string, detail: string, errors: readonly InputError[] = []) {
    super(detail)
    this.status = status
    this.title = title
    this.errors = errors
  }
}

export function notFound(what: string): Problem {
  return new Problem(404, 'Not found', `There is no ${what}.`)
}

/** The value, or a 404 that says what was missing. */
export function found<Value>(value: Value | undefined | null, what: string): Value {
  if (value === undefined || value === null) throw notFound(what)
  return value
}

export const unknownRoute: RequestHandler = (request) => {
  throw new Problem(404, 'Not found', `There is no ${request.method} ${request.path} here.`)
}

/** Express knows an error handler by its four parameters. */
export const sendProblem: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) return next(error)
  const problem = toProblem(error)
  if (problem.status >= 500) console.error(error)
  send(response, problem)
}

function send(response: Response, problem: Problem): void {
  const { status, title, message: detail, errors } = problem
  const body = { type: 'about:blank', title, status, detail, ...(errors.length > 0 && { errors }) }
  response.status(status).type('application/problem+json').send(JSON.stringify(body))
}

function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error
  const refused = error as { readonly status?: unknown; readonly expose?: unknown }
  // The body parser's own refusals: malformed JSON, a body too large.
  if (refused.expose === true && typeof refused.status === 'number') {
    return new Problem(refused.status, 'Bad request', (error as Error).message)
  }
  return new Problem(500, 'Server error', 'Something went wrong here; the log says what.')
}
