/**
 * How much time is left, as numbers a sentence can be made of. Wall-clock time, not working time: a clerk asks
 * "until when", and the server alone decides what is late.
 */
export type RemainingKind = 'none' | 'paused' | 'left' | 'over'

export interface Remaining {
  kind: RemainingKind
  /** Locale key for the amount and its numbers, e.g. days 2, hours 3. */
  amount: 'daysHours' | 'days' | 'hoursMinutes' | 'hours' | 'minutes' | 'underMinute'
  days: number
  hours: number
  minutes: number
}

const minute = 60_000

export function remaining(dueAt: string | null, now: number, paused = false): Remaining {
  if (!dueAt) return { kind: 'none', amount: 'minutes', days: 0, hours: 0, minutes: 0 }
  const difference = Date.parse(dueAt) - now
  const kind = paused ? 'paused' : difference < 0 ? 'over' : 'left'
  const total = Math.floor(Math.abs(difference) / minute)
  const parts = { days: Math.floor(total / 1440), hours: Math.floor((total % 1440) / 60), minutes: total % 60 }
  return { kind, amount: amountOf(parts), ...parts }
}

/** Two units at most: nobody plans three days ahead to the minute. */
function amountOf({ days, hours, minutes }: { days: number; hours: number; minutes: number }): Remaining['amount'] {
  if (days > 0) return hours > 0 && days < 10 ? 'daysHours' : 'days'
  if (hours > 0) return minutes > 0 ? 'hoursMinutes' : 'hours'
  return minutes > 0 ? 'minutes' : 'underMinute'
}

/** The share of a clock that has run, 0 to 1. */
export function elapsedShare(from: string, until: string | null, now: number): number {
  if (!until) return 0
  const start = Date.parse(from)
  const length = Date.parse(until) - start
  return length <= 0 ? 1 : Math.min(1, Math.max(0, (now - start) / length))
}
