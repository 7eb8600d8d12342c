import { describe, expect, it } from 'vitest'
import { uuid7 } from '@/shared/uuid7'

describe('uuid7', () => {
  it('has the version, the variant and the time', () => {
    const now = Date.parse('2026-11-22T10:00:00Z')
    const id = uuid7(now)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(now)
  })

  it('sorts by time and does not repeat', () => {
    const early = uuid7(1_700_000_000_000)
    expect(early < uuid7(1_700_000_000_001)).toBe(true)
    expect(new Set(Array.from({ length: 1000 }, () => uuid7(1))).size).toBe(1000)
  })
})
