/** Small geometry for the screen: bounds, label points, shades that keep neighbouring villages apart. */
import type { Feature, FeatureCollection, Geometry, Position } from 'geojson'
import type { GridCollection, GridProperties, LonLat, Region } from '@/api/types'

export type Bounds = [west: number, south: number, east: number, north: number]

function eachPosition(geometry: Geometry | null, visit: (position: Position) => void): void {
  if (!geometry) return
  if (geometry.type === 'GeometryCollection') {
    for (const one of geometry.geometries) eachPosition(one, visit)
    return
  }
  const walk = (value: unknown): void => {
    if (!Array.isArray(value)) return
    if (typeof value[0] === 'number') visit(value as Position)
    else for (const one of value) walk(one)
  }
  walk(geometry.coordinates)
}

export function boundsOf(features: Feature<Geometry | null>[]): Bounds | null {
  const bounds: Bounds = [Infinity, Infinity, -Infinity, -Infinity]
  for (const feature of features) {
    eachPosition(feature.geometry, ([lon = 0, lat = 0]) => {
      bounds[0] = Math.min(bounds[0], lon)
      bounds[1] = Math.min(bounds[1], lat)
      bounds[2] = Math.max(bounds[2], lon)
      bounds[3] = Math.max(bounds[3], lat)
    })
  }
  return bounds[0] === Infinity ? null : bounds
}

/** Bounds around points, widened so that a single one still shows its surroundings. */
export function boundsAround(points: LonLat[], margin = 0.02): Bounds | null {
  if (points.length === 0) return null
  const lons = points.map((one) => one.lon)
  const lats = points.map((one) => one.lat)
  return [Math.min(...lons) - margin, Math.min(...lats) - margin, Math.max(...lons) + margin, Math.max(...lats) + margin]
}

const shades = ['#f3ead7', '#e6eedd', '#efe3e3', '#e2e9f0', '#f5efcf', '#e9e3ef', '#dfede9', '#f4e6d3']

function shadeOf(village: string): string {
  const digits = Number(village.slice(-6)) || 0
  return shades[(digits * 7 + Math.floor(digits / 200)) % shades.length]!
}

export type ShadedGrid = GridProperties & { shade: string; label: string }

export function shadedGrids(grids: GridCollection): FeatureCollection<Geometry, ShadedGrid> {
  return {
    type: 'FeatureCollection',
    features: grids.features.map((one) => ({ ...one, properties: { ...one.properties, shade: shadeOf(one.properties.village), label: one.properties.name || one.properties.code } })),
  }
}

export const point = (at: LonLat, properties: Record<string, unknown>): Feature => ({
  type: 'Feature', geometry: { type: 'Point', coordinates: [at.lon, at.lat] }, properties,
})

/** Names of the child regions, and below them of the villages whose grids are shown. */
export function labelsOf(children: Region[], grids: GridCollection): Feature[] {
  const named = children.filter((one) => one.center)
  const labels = named.map((one) => point(one.center!, { name: one.name, rank: 0 }))
  const known = new Set(named.map((one) => one.code))
  for (const [village, features] of byVillage(grids)) {
    const bounds = boundsOf(features)
    if (!bounds || known.has(village)) continue
    const center = { lon: (bounds[0] + bounds[2]) / 2, lat: (bounds[1] + bounds[3]) / 2 }
    labels.push(point(center, { name: features[0]!.properties.villageName, rank: 1 }))
  }
  return labels
}

function byVillage(grids: GridCollection): Map<string, GridCollection['features']> {
  const groups = new Map<string, GridCollection['features']>()
  for (const feature of grids.features) {
    const group = groups.get(feature.properties.village)
    if (group) group.push(feature)
    else groups.set(feature.properties.village, [feature])
  }
  return groups
}

/** A grid by its code, or all grids of a village or township. */
export function gridsUnder(grids: GridCollection, code: string): GridCollection['features'] {
  const begin = code.length === 12 && code.endsWith('000') ? code.slice(0, 9) : code
  return grids.features.filter((one) => one.properties.code.startsWith(begin))
}

export const noGrids: GridCollection = { type: 'FeatureCollection', features: [] }
export const collection = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features })

/** The 12-digit code of the county that a region or grid lies in. */
export const countyOf = (code: string): string => `${code.slice(0, 6)}000000`
export const townshipOf = (code: string): string => `${code.slice(0, 9)}000`
