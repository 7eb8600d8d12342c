import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { caseAct, caseList } from '@/api/cases'
import { onSignedOut, setCsrfToken, setLanguage } from '@/api/client'
import { signIn } from '@/api/session'

const asked: Request[] = []
let give: () => Response | Promise<Response>
const json = (status: number, body: unknown) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })

beforeEach(() => {
  asked.length = 0
  give = () => json(200, { items: [], next: null })
  vi.stubGlobal('fetch', async (request: Request) => {
    asked.push(request)
    return give()
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
  setCsrfToken('')
  setLanguage('zh-CN')
  onSignedOut(() => {})
})

describe('client', () => {
  it('sends the token with writes only, and the language always', async () => {
    setCsrfToken('abc')
    setLanguage('en')
    await caseList({ q: '油烟', overdue: true })
    await caseAct('1', 'verify', { version: 3 }, 'key-1')
    const [read, write] = asked
    expect(read!.headers.get('X-CSRF-Token')).toBeNull()
    expect(read!.headers.get('Accept-Language')).toBe('en')
    expect(new URL(read!.url).searchParams.get('q')).toBe('油烟')
    expect(new URL(read!.url).searchParams.get('overdue')).toBe('true')
    expect(write!.method).toBe('POST')
    expect(write!.headers.get('X-CSRF-Token')).toBe('abc')
    expect(new URL(write!.url).pathname).toBe('/api/v1/cases/1/actions/verify')
    expect(write!.headers.get('Idempotency-Key')).toBe('key-1')
    expect(await write!.json()).toEqual({ version: 3 })
  })

  it('throws what the server said', async () => {
    give = () => json(409, { code: 'version_conflict', detail: '别人刚刚处理过。', current: { version: 4 } })
    await expect(caseAct('1', 'verify', { version: 3 }, 'key-1')).rejects.toMatchObject({ status: 409, code: 'version_conflict', current: { version: 4 } })
  })

  it('tells a lost network from a refusal', async () => {
    give = () => Promise.reject(new TypeError('Failed to fetch'))
    await expect(caseList({})).rejects.toMatchObject({ status: 0, code: 'network' })
  })

  it('lets an abandoned question go quietly as such', async () => {
    give = () => Promise.reject(new DOMException('gone', 'AbortError'))
    await expect(caseList({})).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('notices a lost session, but not a wrong password', async () => {
    const lost = vi.fn()
    onSignedOut(lost)
    give = () => json(401, { code: 'wrong_credentials' })
    await expect(signIn('chen', 'x')).rejects.toMatchObject({ code: 'wrong_credentials' })
    expect(lost).not.toHaveBeenCalled()
    await expect(caseList({})).rejects.toMatchObject({ status: 401 })
    expect(lost).toHaveBeenCalledOnce()
  })
})
