/**
 * The one typed client. It adds the CSRF token and the language to every call and turns every failure into an
 * ApiError; nothing else in the desk calls fetch.
 */
import createClient, { type Middleware } from 'openapi-fetch'
import type { paths } from './paths'
import { askPatiently, silence } from './patience'
import { networkError, problemOf } from './problem'
import type { ProblemBody } from './types'

const context = { csrfToken: '', language: 'zh-CN', onSignedOut: () => {} }

export function setCsrfToken(token: string): void {
  context.csrfToken = token
}

export function setLanguage(language: string): void {
  context.language = language
}

/** Called when the server says that the session is over. */
export function onSignedOut(listener: () => void): void {
  context.onSignedOut = listener
}

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/** The headers every call carries; uploads that bypass fetch use the same. */
export function commonHeaders(method: string): Record<string, string> {
  const headers: Record<string, string> = { 'Accept-Language': context.language }
  if (!safeMethods.has(method) && context.csrfToken) headers['X-CSRF-Token'] = context.csrfToken
  return headers
}

/** Tells the desk about a lost session; a wrong password, code or link is none, and is refused under a code of its own. */
export function noteRefusal(status: number, body: unknown): void {
  if (status === 401 && (body as ProblemBody | null)?.code === 'no_session') context.onSignedOut()
}

const middleware: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(commonHeaders(request.method))) request.headers.set(name, value)
    return request
  },
  async onResponse({ response }) {
    if (response.status === 401) noteRefusal(401, await response.clone().json().catch(() => null))
  },
  onError({ error }) {
    return error instanceof DOMException && error.name === 'AbortError' ? error : networkError()
  },
}

/** One instance; the origin is named because Request needs an absolute address outside a page. */
export const client = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? '',
  credentials: 'same-origin',
  fetch: (request) => askPatiently(request, silence.ordinary),
})
client.use(middleware)

/** For lists, counts and maps that are asked with a filter. */
export const longQuery = { fetch: (request: Request) => askPatiently(request, silence.query) }

/** For calls whose answer is long work of the server: whole tables as files, and imports. */
export const longWork = { fetch: (request: Request) => askPatiently(request, silence.longWork) }

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The answer's body, or a thrown ApiError. The caller may name a closer type than the description's, never another one. */
export async function unwrap<Described, T extends Described = Described>(call: Promise<Answer<Described>>): Promise<T> {
  const { data, error, response } = await call
  if (!response.ok) throw problemOf(response, error)
  return data as T
}

/** The items of a list. */
export async function unwrapItems<Described, T extends Described = Described>(call: Promise<Answer<{ items: Described[] }>>): Promise<T[]> {
  return (await unwrap(call)).items as T[]
}

/** The same for GeoJSON, whose types come from RFC 7946 and not from the schema. */
export async function unwrapGeo<T extends object>(call: Promise<Answer<object>>): Promise<T> {
  return (await unwrap(call)) as T
}
