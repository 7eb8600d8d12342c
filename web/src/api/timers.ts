/** Alerts that are due and were refused. */
import { client, unwrap } from './client'
import type { Page, RefusedTimer, TimersWhy } from './types'

/** Of the cases one sees, the longest refused first. */
export function timersRefused(cursor?: string): Promise<Page<RefusedTimer>> {
  return unwrap(client.GET('/api/v1/timers/refused', { params: { query: { cursor } } }))
}

/** Why, and how many cases; for administrators, who see no case. */
export function timersWhy(): Promise<Page<TimersWhy>> {
  return unwrap(client.GET('/api/v1/admin/timers'))
}
