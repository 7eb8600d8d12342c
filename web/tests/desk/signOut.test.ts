/** Signing out: calls under way then fail with 401, which is no lost session. */
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useSession } from '@/desk/stores/session'
import { draftLoad, draftSave, draftsOpen } from '@/shared/draft'
import { onSignedOutElsewhere } from '@/shared/otherTabs'

let answerSignOut: (response: Response) => void

beforeEach(() => {
  setActivePinia(createPinia())
  vi.stubGlobal('fetch', (request: Request) => {
    if (request.method === 'DELETE') return new Promise<Response>((resolve) => (answerSignOut = resolve))
    return Promise.resolve(Response.json({ account: 'a', csrfToken: 't', post: { role: 'auditor' }, posts: [], permissions: [], totp: true }))
  })
})
afterEach(() => vi.unstubAllGlobals())

describe('the session', () => {
  it('is lost once, by a call that nobody expected to fail', async () => {
    const session = useSession()
    expect(session.lose()).toBe(false)
    await session.load()
    expect(session.lose()).toBe(true)
    expect(session.me).toBeNull()
    expect(session.lose()).toBe(false)
  })

  it('is not lost while one signs out, nor after', async () => {
    const session = useSession()
    await session.load()
    const leaving = session.signOut()
    expect(session.lose()).toBe(false)
    expect(session.me).not.toBeNull()
    await vi.waitFor(() => expect(answerSignOut).toBeDefined())
    answerSignOut(new Response(null, { status: 204 }))
    await leaving
    expect(session.me).toBeNull()
    expect(session.lose()).toBe(false)
  })

  it('that was over already is left without a word', async () => {
    const session = useSession()
    await session.load()
    const leaving = session.signOut()
    await vi.waitFor(() => expect(answerSignOut).toBeDefined())
    answerSignOut(Response.json({ code: 'no_session', detail: '请先登录。' }, { status: 401 }))
    await leaving
    expect(session.me).toBeNull()
  })

  it('stays when signing out fails, and may be lost then', async () => {
    const session = useSession()
    await session.load()
    const leaving = session.signOut()
    await vi.waitFor(() => expect(answerSignOut).toBeDefined())
    answerSignOut(Response.json({ code: 'internal', detail: '出错了' }, { status: 500 }))
    await expect(leaving).rejects.toThrow()
    expect(session.me).not.toBeNull()
    expect(session.lose()).toBe(true)
  })
})

describe('another tab', () => {
  it('leaves with the person, and keeps nothing of theirs', async () => {
    const session = useSession()
    await session.load()
    draftsOpen('a')
    draftSave('a', 'report', 1)
    onSignedOutElsewhere((account) => session.leave(account))
    const told = (account: string) => window.dispatchEvent(new StorageEvent('storage', { key: 'yizhi.signedOut', newValue: JSON.stringify({ account }) }))
    told('b')
    expect(session.me).not.toBeNull()
    told('a')
    expect(session.me).toBeNull()
    expect([draftLoad('a', 'report'), draftSave('a', 'report', 2)]).toEqual([null, false])
  })
})
