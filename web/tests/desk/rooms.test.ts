import { describe, expect, it } from 'vitest'
import type { Me } from '@/api/types'
import { firstRoom, mayEnter } from '@/desk/stores/rooms'

const me = (role: string, permissions: Record<string, boolean> = {}) => ({ post: { role }, permissions }) as unknown as Me

describe('rooms', () => {
  it('open by what the server permits', () => {
    expect(mayEnter(me('leader', { report: false }), 'report')).toBe(false)
    expect(mayEnter(me('operator', { report: true }), 'report')).toBe(true)
    expect(mayEnter(me('operator', { managePeople: true }), 'people')).toBe(true)
  })

  it('keep the three administrators out of cases and others out of administration', () => {
    expect(mayEnter(me('auditor'), 'cases')).toBe(false)
    expect(mayEnter(me('administrator'), 'people')).toBe(true)
    expect(mayEnter(me('security_officer'), 'people')).toBe(false)
    expect(mayEnter(me('dispatcher'), 'jobs')).toBe(false)
  })

  it.each([['dispatcher', '/work'], ['administrator', '/people'], ['auditor', '/settings']])('%s starts at %s', (role, path) => {
    expect(firstRoom(me(role))).toBe(path)
  })
})
