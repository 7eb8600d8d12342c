/** Regions, grids and the address picker. */
import { client, unwrap, unwrapGeo, unwrapItems } from './client'
import type { GridCollection, Located, LonLat, Outline, PlaceHit, Region, RegionDetail } from './types'

/** All children of a region, or the top of one's own slice. */
export async function regionChildren(parent?: string): Promise<Region[]> {
  return unwrapItems(client.GET('/api/v1/regions', { params: { query: parent ? { parent } : {} } }))
}

export async function regionSearch(q: string): Promise<Region[]> {
  return unwrapItems(client.GET('/api/v1/regions', { params: { query: { q } } }))
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
  return unwrapItems(client.GET('/api/v1/grids/search', { params: { query: { q } } }))
}
