/** Where the day starts: at what waits, else at a page that has something to see; nobody lands on an empty one. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Me, Permissions } from '@/api/types'
import { startPage } from '@/desk/stores/start'

/** What the server has, by what is asked for. */
let has: Record<string, object[]>
let broken: boolean

beforeEach(() => {
  has = {}
  broken = false
  vi.stubGlobal('fetch', async (request: Request) => {
    if (broken) throw new TypeError('offline')
    const { pathname, searchParams } = new URL(request.url)
    const asked = [pathname.split('/').at(-1), searchParams.get('mine') ?? searchParams.get('state') ?? ''].filter(Boolean).join(' ')
    return Response.json({ items: has[asked] ?? [], next: null })
  })
})
afterEach(() => vi.unstubAllGlobals())

const me = (permissions: Partial<Permissions>, resident = false) => ({ permissions, resident }) as Me

const cases = { readCases: true }
const leader = me({ ...cases, readMap: true, readCounters: true })
const worker = me({ ...cases, report: true, readMap: true })
const clerk = me({ ...cases, report: true })
const citizen = me({ ...cases, report: true }, true)
const handler = me(cases)
const officer = me({ manageSecurity: true, confirmPeople: true, decideErasure: true })
const auditor = me({ readTrace: true, confirmPeople: true })
const administrator = me({ managePeople: true, confirmPeople: true })

describe('the day starts', () => {
  it.each<[string, Me, Record<string, object[]>, string]>([
    ['a leader with tasks', leader, { 'cases true': [{}] }, '/tasks'],
    ['a leader without', leader, {}, '/overview'],
    ['a grid worker without', worker, {}, '/map'],
    ['a clerk who took part in cases', clerk, { cases: [{}] }, '/cases'],
    ['a clerk who has none', clerk, {}, '/report'],
    ['somebody who neither reports nor has any', handler, {}, '/cases'],
    ['a resident who reported', citizen, { 'cases reported': [{}] }, '/tasks'],
    ['a resident who has not yet', citizen, {}, '/report'],
    ['an officer whom a proposal waits for', officer, { proposals: [{ confirmable: true }], 'erasures proposed': [{}] }, '/people'],
    ['an officer whom an erasure waits for', officer, { proposals: [{ confirmable: false }], 'erasures proposed': [{}] }, '/erasures'],
    ['an officer for whom nothing waits', officer, {}, '/people'],
    ['an auditor whom a proposal waits for', auditor, { proposals: [{ confirmable: true }] }, '/people'],
    ['an auditor for whom nothing waits', auditor, {}, '/looks'],
    ['an administrator', administrator, {}, '/people'],
  ])('for %s', async (_, who, there, path) => {
    has = there
    expect(await startPage(who)).toBe(path)
  })

  it('in the first room when the server does not answer', async () => {
    broken = true
    expect(await startPage(leader)).toBe('/tasks')
    expect(await startPage(auditor)).toBe('/looks')
  })
})
