/** The catalog of matters and the departments that answer for them. */
import { client, unwrap, unwrapItems } from './client'
import type { Department, Matter, MatterDetail } from './types'

export async function matterSearch(q: string, limit = 50): Promise<Matter[]> {
  const query = { limit, ...(q ? { q } : {}) }
  return unwrapItems(client.GET('/api/v1/matters', { params: { query } }))
}

export function matterFetch(code: string): Promise<MatterDetail> {
  return unwrap(client.GET('/api/v1/matters/{code}', { params: { path: { code } } }))
}

export async function departmentList(region?: string): Promise<Department[]> {
  const query = region ? { region } : {}
  return unwrapItems(client.GET('/api/v1/departments', { params: { query } }))
}
