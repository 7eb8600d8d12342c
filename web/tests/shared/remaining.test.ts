import { describe, expect, it } from 'vitest'
import { elapsedShare, remaining } from '@/shared/remaining'

const now = Date.parse('2026-11-22T10:00:00+08:00')
const after = (minutes: number) => new Date(now + minutes * 60_000).toISOString()

describe('remaining', () => {
  it.each([
    [0, 'left', 'underMinute', 0, 0, 0],
    [1, 'left', 'minutes', 0, 0, 1],
    [59, 'left', 'minutes', 0, 0, 59],
    [60, 'left', 'hours', 0, 1, 0],
    [125, 'left', 'hoursMinutes', 0, 2, 5],
    [24 * 60, 'left', 'days', 1, 0, 0],
    [51 * 60, 'left', 'daysHours', 2, 3, 0],
    [20 * 24 * 60 + 300, 'left', 'days', 20, 5, 0],
    [-1, 'over', 'minutes', 0, 0, 1],
    [-90, 'over', 'hoursMinutes', 0, 1, 30],
  ])('%i minutes', (minutes, kind, amount, days, hours, rest) => {
    expect(remaining(after(minutes), now)).toEqual({ kind, amount, days, hours, minutes: rest })
  })

  it('says that a paused clock is paused, also past its time', () => {
    expect(remaining(after(-90), now, true).kind).toBe('paused')
  })

  it('knows cases without a limit', () => {
    expect(remaining(null, now).kind).toBe('none')
  })
})

describe('elapsedShare', () => {
  it.each([
    [-60, 60, 0.5],
    [-10, -5, 1],
    [10, 20, 0],
    [0, 0, 1],
  ])('from %i to %i', (from, until, share) => {
    expect(elapsedShare(after(from), after(until), now)).toBeCloseTo(share)
  })
})
