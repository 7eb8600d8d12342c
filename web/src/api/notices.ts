/** What one was told about cases. */
import { client, unwrap } from './client'
import type { Notice, Page, Unread } from './types'

export function noticeList(unread: boolean, cursor?: string, limit?: number): Promise<Page<Notice>> {
  const query = { ...(unread ? { unread } : {}), ...(cursor ? { cursor } : {}), ...(limit ? { limit } : {}) }
  return unwrap(client.GET('/api/v1/me/notices', { params: { query } }))
}

export function noticesUnread(): Promise<Unread> {
  return unwrap(client.GET('/api/v1/me/notices/unread'))
}

export async function noticesRead(what: { ids: string[] } | { all: true }): Promise<void> {
  await unwrap(client.POST('/api/v1/me/notices/read', { body: what }))
}
