/** Regions, grids and map layers. */
import type { Feature, FeatureCollection, Geometry, Point } from 'geojson'
import type { Alert } from './case'
import type { Text } from './common'

export interface LonLat {
  lon: number
  lat: number
}

export type RegionLevel = 'province' | 'city' | 'county' | 'township' | 'village'

export interface Region {
  code: string
  name: string
  level: RegionLevel
  parent: string | null
  center: LonLat | null
  children: number
}

export interface RegionDetail extends Region {
  ancestors: Region[]
}

export interface DutyPerson {
  account: string
  name: string
  role: string
  roleName: Text
  phone: string | null
}

export interface GridProperties {
  code: string
  name: string
  village: string
  villageName: string
  kind: string
  schematic: boolean
  validFrom?: string
  version: number
}

export type GridCollection = FeatureCollection<Geometry, GridProperties>

export type Outline = Feature<Geometry, Record<string, unknown>>

export interface Located {
  grid: GridProperties
  regions: Region[]
  people: DutyPerson[]
}

export interface PlaceHit {
  kind: 'grid' | 'village' | 'township'
  code: string
  name: string
  regionName: string
  center: LonLat | null
}

export interface MapCaseProperties {
  id?: string
  number?: string
  state?: string
  matter?: string | Text
  stateName?: Text
  alert?: Alert
  title?: string
  demo?: boolean
  cluster?: boolean
  count?: number
}

export type MapCases = FeatureCollection<Point, MapCaseProperties>
