/** Regions, grids and map layers. Layers are GeoJSON (RFC 7946), whose types have a package of their own. */
import type { Feature, FeatureCollection, Geometry, Point } from 'geojson'
import type { Alert } from './case'
import type { Text } from './common'
import type { Closer, Got } from './described'

export type LonLat = Got<'LonLat'>

export type RegionLevel = 'province' | 'city' | 'county' | 'township' | 'village'

export type Region = Closer<'RegionView', { level: RegionLevel }>
export type RegionDetail = Closer<'RegionDetail', { level: RegionLevel; ancestors: Region[] }>
export type DutyPerson = Got<'DutyView'>
export type Located = Closer<'Located', { regions: Region[] }>
export type PlaceHit = Closer<'PlaceHit', { kind: 'grid' | 'village' | 'township' }>

/** The properties of a grid's feature: those of a located grid but for its centre, and since when it holds. */
export type GridProperties = Omit<Got<'GridView'>, 'center'> & { validFrom?: string }

export type GridCollection = FeatureCollection<Geometry, GridProperties>

export type Outline = Feature<Geometry, Record<string, unknown>>

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
