import { describe, expect, it } from 'vitest'
import { ApiError, asApiError, messageKey, networkError, problemOf, retryAfterSeconds } from '@/api/problem'
import zh from '@/locales/zh-CN.json'

const known = (key: string) => key.replace('errors.', '') in zh.errors
const answer = (status: number, headers: Record<string, string> = {}) => new Response(null, { status, headers })

describe('problemOf', () => {
  it('keeps what the server said', () => {
    const problem = problemOf(answer(422), { code: 'unknown_matter', detail: '没有这个事项。', field: 'matter' })
    expect(problem).toMatchObject({ status: 422, code: 'unknown_matter', detail: '没有这个事项。', field: 'matter' })
  })

  it('keeps the present state of a conflict', () => {
    expect(problemOf(answer(409), { code: 'version_conflict', current: { version: 4 } }).current).toEqual({ version: 4 })
  })

  it('reads how long to wait', () => {
    expect(problemOf(answer(429, { 'Retry-After': '25' }), { code: 'locked_out' }).retryAfter).toBe(25)
  })

  it.each([
    [401, 'signed_out'], [403, 'forbidden'], [404, 'not_found'], [413, 'too_large'], [429, 'slow_down'], [507, 'disk_full'],
    [500, 'server'], [502, 'server'], [418, 'invalid'],
  ])('names %i without a body %s', (status, code) => expect(problemOf(answer(status), '<html>').code).toBe(code))
})

describe('messageKey', () => {
  it('prefers the code, else the family', () => {
    expect(messageKey(new ApiError(401, { code: 'wrong_credentials' }), known)).toBe('errors.wrong_credentials')
    expect(messageKey(new ApiError(422, { code: 'never_heard_of' }), known)).toBe('errors.invalid')
    expect(messageKey(new ApiError(503, { code: 'never_heard_of' }), known)).toBe('errors.server')
    expect(messageKey(networkError(), known)).toBe('errors.network')
    expect(messageKey(asApiError(new TypeError('x is undefined')), known)).toBe('errors.client')
  })
})

describe('retryAfterSeconds', () => {
  const now = Date.parse('2026-11-22T10:00:00Z')
  it.each([
    [null, undefined], ['7', 7], ['Sun, 22 Nov 2026 10:00:30 GMT', 30], ['Sun, 22 Nov 2026 09:00:00 GMT', 0], ['soon', undefined],
  ])('%s', (header, seconds) => expect(retryAfterSeconds(header, now)).toBe(seconds))
})
