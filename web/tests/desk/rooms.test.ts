import { describe, expect, it } from 'vitest'
import type { Me, Permissions } from '@/api/types'
import { firstRoom, isConfined, mayEnter } from '@/desk/stores/rooms'

const none: Permissions = {
  report: false, matterRead: false, readCases: false, readMap: false, readCounters: false, attach: false, managePeople: false, confirmPeople: false, manageJobs: false, manageSecurity: false,
  readTrace: false, proposeErasure: false, decideErasure: false, manageDuties: false, superviseConfidential: false,
}
const me = (permissions: Partial<Permissions>, more: Partial<Me> = {}) => ({ permissions: { ...none, ...permissions }, ...more }) as Me

describe('rooms', () => {
  it('open by what the server permits', () => {
    expect(mayEnter(me({ readCases: true }), 'report')).toBe(false)
    expect(mayEnter(me({ report: true }), 'report')).toBe(true)
    for (const may of ['managePeople', 'confirmPeople'] as const) expect(mayEnter(me({ [may]: true }), 'people')).toBe(true)
    expect(mayEnter(me({ managePeople: true }), 'duties')).toBe(false)
    expect(mayEnter(me({ manageDuties: true }), 'duties')).toBe(true)
    expect(mayEnter(me({ readCounters: true }), 'confidential')).toBe(false)
    expect(mayEnter(me({ superviseConfidential: true }), 'confidential')).toBe(true)
  })

  it('show the ledger to who answers for the platform or a region, erasures to who proposes and who decides', () => {
    for (const may of ['managePeople', 'manageSecurity', 'readTrace', 'readCounters'] as const) expect(mayEnter(me({ [may]: true }), 'ledger')).toBe(true)
    expect(mayEnter(me({ report: true, readCases: true, readMap: true }), 'ledger')).toBe(false)
    for (const may of ['proposeErasure', 'decideErasure'] as const) expect(mayEnter(me({ [may]: true }), 'erasures')).toBe(true)
    expect(mayEnter(me({ readTrace: true }), 'erasures')).toBe(false)
  })

  it.each<[Partial<Permissions>, string]>([
    [{ readCases: true, report: true }, '/tasks'],
    [{ managePeople: true, manageJobs: true }, '/people'],
    [{ report: true }, '/report'],
    [{ readTrace: true, confirmPeople: true }, '/looks'],
    [{ manageSecurity: true, decideErasure: true }, '/erasures'],
    [{ manageSecurity: true }, '/settings'],
  ])('with %j one starts at %s', (permissions, path) => {
    expect(firstRoom(me(permissions))).toBe(path)
  })

  it.each([[true, false, true], [true, true, false], [false, false, false]])('demanded %s, set %s: confined %s', (totpRequired, totp, confined) => {
    expect(isConfined(me({}, { totpRequired, totp }))).toBe(confined)
  })
})
