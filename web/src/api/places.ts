/** Regions, grids and the address picker. */
import { client, unwrap, unwrapGeo } from './client'
import type { GridCollection, Located, LonLat, Outline, PlaceHit, Region, RegionDetail } from './types'

/** All children of a region, or the top of one's own slice. */
export async function regionChildren(parent?: string): Promise<Region[]> {
  const items: Region[] = []
  let cursor: string | null | undefined
  do {
    const query = { limit: 200, ...(parent ? { parent } : {}), ...(cursor ? { cursor } : {}) }
    const page = await unwrap(client.GET('/api/v1/regions', { params: { query } }))
    items.push(...page.items)
    cursor = page.next
  } while (cursor)
  return items
}

export async function regionSearch(q: string): Promise<Region[]> {
  return (await unwrap(client.GET('/api/v1/regions', { params: { query: { q, limit: 30 } } }))).items
}

export function regionFetch(code: string): Promise<RegionDetail> {
  return unwrap(client.GET('/api/v1/regions/{code}', { params: { path: { code } } }))
}

export function regionOutline(code: string): Promise<Outline> {
  return unwrapGeo(client.GET('/api/v1/regions/{code}/outline', { params: { path: { code } } }))
}

export function gridList(region: string): Promise<GridCollection> {
  return unwrapGeo(client.GET('/api/v1/grids', { params: { query: { region } } }))
}

export function gridLocate({ lon, lat }: LonLat, signal?: AbortSignal): Promise<Located> {
  return unwrap(client.GET('/api/v1/grids/locate', { params: { query: { lon, lat } }, ...(signal ? { signal } : {}) }))
}

export async function placeSearch(q: string): Promise<PlaceHit[]> {
  return (await unwrap(client.GET('/api/v1/grids/search', { params: { query: { q } } }))).items
}
