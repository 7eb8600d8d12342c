import { describe, expect, it } from 'vitest'
import { chinaLocal, chinaRfc3339, dateTime, lastMoment } from '@/shared/time'

describe('times of China', () => {
  it.each([
    ['2026-11-22T09:05', '2026-11-22T09:05:00+08:00'],
    ['2026-11-22 09:05:07', '2026-11-22T09:05:07+08:00'],
    ['2026-11-22', '2026-11-22T00:00:00+08:00'],
  ])('%s', (local, moment) => expect(chinaRfc3339(local)).toBe(moment))

  it('goes there and back', () => {
    const now = Date.parse('2026-11-22T23:30:00Z')
    expect(chinaLocal(now)).toBe('2026-11-23T07:30')
    expect(Date.parse(chinaRfc3339(chinaLocal(now)))).toBe(now)
  })

  it('is read in China, wherever the computer stands', () => {
    const now = Date.parse('2026-11-22T00:00:00Z')
    expect(dateTime('2026-11-22T16:30:00Z', 'zh-CN', now)).toBe('11月23日 00:30')
    expect(dateTime('2025-01-05T01:00:00Z', 'zh-CN', now)).toBe('2025年1月5日 09:00')
    expect(dateTime(null, 'zh-CN')).toBe('—')
  })
})

it.each([
  ['2026-12-31T16:00:00Z', '2026-12-31T15:59:59.999Z'],
  ['2026-12-31T15:59:00Z', '2026-12-31T15:58:59.999Z'],
])('what ends before %s lasts until %s', (until, last) => expect(lastMoment(until)).toBe(last))
