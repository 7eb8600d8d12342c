/**
 * One error type for everything that can go wrong between the desk and the server: RFC 9457 problems, answers that
 * are not problems (a proxy's page), and a network that did not answer at all.
 */
import type { ProblemBody } from './types'

export class ApiError extends Error {
  readonly status: number
  readonly code: string
  /** The server's sentence in the reader's language; empty when only the code is known. */
  readonly detail: string
  readonly field: string | undefined
  /** The present resource after a 409. */
  readonly current: unknown
  /** Seconds to wait, from Retry-After. */
  readonly retryAfter: number | undefined

  constructor(status: number, body: ProblemBody, retryAfter?: number) {
    const code = body.code ?? codeOfStatus(status)
    super(body.detail ?? body.title ?? code)
    this.name = 'ApiError'
    this.status = status
    this.code = code
    this.detail = body.detail ?? ''
    this.field = body.field ?? undefined
    this.current = body.current
    this.retryAfter = retryAfter
  }
}

const codesByStatus: Record<number, string> = {
  0: 'network',
  401: 'signed_out',
  403: 'forbidden',
  404: 'not_found',
  409: 'version_conflict',
  413: 'too_large',
  415: 'media_type',
  422: 'invalid',
  429: 'slow_down',
  507: 'disk_full',
}

function codeOfStatus(status: number): string {
  return codesByStatus[status] ?? (status >= 500 ? 'server' : 'invalid')
}

export function networkError(): ApiError {
  return new ApiError(0, { code: 'network' })
}

/** Seconds from a Retry-After header, given as seconds or as a date. */
export function retryAfterSeconds(header: string | null, now = Date.now()): number | undefined {
  if (!header) return undefined
  const seconds = Number(header)
  if (Number.isFinite(seconds)) return Math.max(0, Math.ceil(seconds))
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000))
}

export function problemOf(response: Response, body: unknown): ApiError {
  const retryAfter = retryAfterSeconds(response.headers.get('Retry-After'))
  return new ApiError(response.status, isProblem(body) ? body : {}, retryAfter)
}

function isProblem(body: unknown): body is ProblemBody {
  return typeof body === 'object' && body !== null && ('code' in body || 'detail' in body || 'title' in body)
}

/** Any thrown value as an ApiError, so that pages handle one kind. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  return new ApiError(-1, { code: 'client', detail: error instanceof Error ? error.message : String(error) })
}

/** Where a message for this code is found in the locales; codes that no locale knows fall back to their family. */
export function messageKey(error: ApiError, known: (key: string) => boolean): string {
  const own = `errors.${error.code}`
  if (known(own)) return own
  return `errors.${codeOfStatus(error.status)}`
}
