import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { caseAct, caseList } from '@/api/cases'
import { onSignedOut, setCsrfToken, setLanguage } from '@/api/client'
import { dutyImport } from '@/api/duties'
import { checkerFingerprint } from '@/api/ledger'
import { lookExport } from '@/api/looks'
import { activate, passwordChange, postChoose, signIn, signInByLink, signOut, tokenList, totpConfirm, totpRemove, totpStart } from '@/api/session'

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

  it.each([
    ['a wrong password', 401, 'wrong_credentials', () => signIn('chen', 'x')],
    ['a missing code', 401, 'totp_required', () => signIn('chen', 'x')],
    ['a used link', 401, 'link_used', () => signInByLink('x')],
    ['a used activation code', 401, 'activation_over', () => activate('x')],
    ['a wrong present password', 422, 'wrong_password', () => passwordChange({ current: 'x', password: 'y' })],
    ['a wrong code of the phone', 422, 'wrong_code', () => totpConfirm('1')],
    ['a post that may not', 403, 'forbidden', () => tokenList()],
  ])('takes %s for no lost session', async (_what, status, code, call) => {
    const lost = vi.fn()
    onSignedOut(lost)
    give = () => json(status, { code })
    await expect(call()).rejects.toMatchObject({ status, code })
    expect(lost).not.toHaveBeenCalled()
  })

  it.each([
    ['a list', () => caseList({})],
    ['the form for a new password', () => passwordChange({ current: 'x', password: 'y' })],
    ['the first step of a second factor', () => totpStart({ current: 'x' })],
    ['the last step of a second factor', () => totpConfirm('1')],
    ['removing a second factor', () => totpRemove({ current: 'x' })],
    ['tokens', () => tokenList()],
    ['a choice of post', () => postChoose('x')],
    ['an export', () => lookExport({})],
  ])('notices a lost session in %s', async (_what, call) => {
    const lost = vi.fn()
    onSignedOut(lost)
    give = () => json(401, { code: 'no_session', detail: '请先登录。' })
    await expect(call()).rejects.toMatchObject({ status: 401, detail: '请先登录。' })
    expect(lost).toHaveBeenCalledOnce()
  })
})

describe('a question that nobody waits for any more', () => {
  it('is not asked, even when it was given up before', async () => {
    const signals: AbortSignal[] = []
    vi.stubGlobal('fetch', async (_request: Request, { signal }: { signal: AbortSignal }) => {
      signals.push(signal)
      throw signal.reason
    })
    const over = AbortSignal.abort()
    await expect(caseList({ q: '油烟' }, over)).rejects.toThrow()
    expect(signals.every((one) => one.aborted)).toBe(true)
  })
})

describe('an answer without a body', () => {
  it('is one, also where the browser gives it an empty body', async () => {
    const empty = new Response(null, { status: 204 })
    Object.defineProperty(empty, 'body', { value: new ReadableStream({ start: (controller) => controller.close() }) })
    vi.stubGlobal('fetch', async () => empty)
    // As browsers do, and as the page of these tests does not.
    vi.stubGlobal('Response', class extends Response {
      constructor(body?: BodyInit | null, init?: ResponseInit) {
        if (init?.status === 204 && body) throw new TypeError('a 204 has no body')
        super(body, init)
      }
    })
    await expect(signOut()).resolves.toBeUndefined()
  })
})

describe('a server that goes silent', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  const never = () => new Promise<Response>(() => {})

  function ended(call: Promise<unknown>) {
    const end = vi.fn()
    call.then(end, end)
    return end
  }

  it.each([
    ['an ordinary call', 36, () => caseAct('1', 'verify', { version: 3 }, 'key-1')],
    ['a list', 76, () => caseList({ q: '油烟' })],
    ['the checker', 36, () => checkerFingerprint()],
  ])('is not reached for %s after %i seconds', async (_what, seconds, call) => {
    give = never
    const end = ended(call())
    await vi.advanceTimersByTimeAsync(29_000)
    expect(end).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync((seconds - 29) * 1000)
    expect(end).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ status: 0, code: 'network' }))
  })

  it.each([
    ['an export', () => lookExport({}), () => new Response('a,b')],
    ['an import', () => dutyImport('a,b'), () => json(200, { added: 1, faults: [], faultCount: 0 })],
  ])('is given time for %s', async (_what, call, answer) => {
    give = () => new Promise((resolve) => setTimeout(() => resolve(answer()), 300_000))
    const end = ended(call())
    await vi.advanceTimersByTimeAsync(301_000)
    expect(end).toHaveBeenCalledOnce()
    expect(end.mock.calls[0]![0]).not.toBeInstanceOf(Error)
  })

  it.each([
    ['goes on slowly', true],
    ['stops in the middle', false],
  ])('an answer that %s', async (_what, goesOn) => {
    const text = '{"items":[],"next":null}'
    const bytes = new TextEncoder().encode(text)
    give = () => {
      let at = 0
      const body = new ReadableStream<Uint8Array>({
        pull: (stream) =>
          new Promise((resolve) => {
            if (!goesOn && at === 5) return
            setTimeout(() => {
              stream.enqueue(bytes.slice(at, ++at))
              if (at === bytes.length) stream.close()
              resolve()
            }, 20_000)
          }),
      })
      return new Response(body, { headers: { 'Content-Type': 'application/json' } })
    }
    const end = ended(tokenList())
    await vi.advanceTimersByTimeAsync(20_000 * (bytes.length + 1))
    expect(end).toHaveBeenCalledExactlyOnceWith(goesOn ? JSON.parse(text) : expect.objectContaining({ status: 0, code: 'network' }))
  })
})
