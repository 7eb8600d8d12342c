import { describe, expect, it } from 'vitest'
import type { Me, Permissions } from '@/api/types'
import { firstRoom, isConfined, mayEnter } from '@/desk/stores/rooms'

const me = (permissions: Partial<Permissions>, more: Partial<Me> = {}) => ({ permissions: { report: false, readCases: false, managePeople: false, ...permissions }, ...more }) as Me

describe('rooms', () => {
  it('open by what the server permits', () => {
    expect(mayEnter(me({ readCases: true }), 'report')).toBe(false)
    expect(mayEnter(me({ report: true }), 'report')).toBe(true)
    expect(mayEnter(me({ managePeople: true }), 'people')).toBe(true)
  })

  it.each<[Partial<Permissions>, string]>([
    [{ readCases: true, report: true }, '/work'],
    [{ managePeople: true, manageJobs: true }, '/people'],
    [{ report: true }, '/report'],
    [{ readTrace: true }, '/settings'],
  ])('with %j one starts at %s', (permissions, path) => {
    expect(firstRoom(me(permissions))).toBe(path)
  })

  it.each([[true, false, true], [true, true, false], [false, false, false]])('demanded %s, set %s: confined %s', (totpRequired, totp, confined) => {
    expect(isConfined(me({}, { totpRequired, totp }))).toBe(confined)
  })
})
