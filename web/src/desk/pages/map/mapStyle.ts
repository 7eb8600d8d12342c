/**
 * How maps look: shaded water and land, schematic grids, cases by tone. Without a glyphs address MapLibre draws every
 * letter from the reader's own fonts, so no font server is needed.
 */
import type { LayerSpecification, SourceSpecification, StyleSpecification } from 'maplibre-gl'
import type { Meta } from '@/api/types'

export const alertColors = { red: '#b3261e', amber: '#d68a00', paused: '#8593a1', none: '#ffffff' }

const fonts = ['PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'sans-serif']
const empty = { type: 'FeatureCollection' as const, features: [] }
const geojson = (): SourceSpecification => ({ type: 'geojson', data: empty })

function tiandituTiles(layer: string, key: string): string[] {
  return [0, 1, 2, 3, 4, 5, 6, 7].map((server) => `https://t${server}.tianditu.gov.cn/DataServer?T=${layer}_w&x={x}&y={y}&l={z}&tk=${key}`)
}

function tianditu(key: string): Pick<StyleSpecification, 'sources' | 'layers'> {
  const raster = (layer: string): SourceSpecification => ({ type: 'raster', tiles: tiandituTiles(layer, key), tileSize: 256, minzoom: 1, maxzoom: 18 })
  return {
    sources: { base: raster('vec'), 'base-labels': raster('cva') },
    layers: [
      { id: 'base', type: 'raster', source: 'base' },
      { id: 'base-labels', type: 'raster', source: 'base-labels' },
    ],
  }
}

const land: LayerSpecification[] = [
  { id: 'land', type: 'fill', source: 'land', paint: { 'fill-color': '#f5f2e9' } },
  { id: 'shore', type: 'line', source: 'land', paint: { 'line-color': '#9db4c0', 'line-width': 1.2 } },
]

function overlay(hasBase: boolean): LayerSpecification[] {
  return [
    { id: 'village', type: 'fill', source: 'grids', paint: { 'fill-color': ['get', 'shade'], 'fill-opacity': hasBase ? 0.18 : 0.75 } },
    { id: 'grid-line', type: 'line', source: 'grids', paint: { 'line-color': '#7f93a3', 'line-width': ['interpolate', ['linear'], ['zoom'], 10, 0.2, 15, 1.4] } },
    { id: 'focus', type: 'line', source: 'focus', paint: { 'line-color': '#14506e', 'line-width': 2.5 } },
    {
      id: 'grid-name', type: 'symbol', source: 'grids', minzoom: 13.2,
      layout: { 'text-field': ['get', 'label'], 'text-size': 11, 'text-font': fonts },
      paint: { 'text-color': '#44525f', 'text-halo-color': '#ffffff', 'text-halo-width': 1.2 },
    },
    {
      id: 'labels', type: 'symbol', source: 'labels',
      layout: {
        'text-field': ['get', 'name'], 'text-font': fonts, 'text-padding': 4, 'symbol-sort-key': ['get', 'rank'],
        'text-size': ['case', ['==', ['get', 'rank'], 0], 14, 12],
      },
      paint: { 'text-color': '#2b3742', 'text-halo-color': '#ffffff', 'text-halo-width': 1.6 },
    },
  ]
}

const cases: LayerSpecification[] = [
  {
    id: 'clusters', type: 'circle', source: 'cases', filter: ['==', ['get', 'cluster'], true],
    paint: {
      'circle-color': '#14506e', 'circle-opacity': 0.88, 'circle-stroke-color': '#ffffff', 'circle-stroke-width': 1.5,
      'circle-radius': ['interpolate', ['linear'], ['get', 'count'], 2, 11, 50, 17, 1000, 27],
    },
  },
  {
    id: 'cluster-count', type: 'symbol', source: 'cases', filter: ['==', ['get', 'cluster'], true],
    layout: { 'text-field': ['to-string', ['get', 'count']], 'text-size': 12, 'text-font': fonts, 'text-allow-overlap': true },
    paint: { 'text-color': '#ffffff' },
  },
  {
    id: 'points', type: 'circle', source: 'cases', filter: ['!=', ['get', 'cluster'], true],
    paint: {
      'circle-color': ['get', 'color'], 'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, 4, 15, 7],
      'circle-stroke-color': ['get', 'ring'], 'circle-stroke-width': 2,
    },
  },
]

export function mapStyle(baseMap: Meta['baseMap'] | undefined): StyleSpecification {
  const base = baseMap?.kind === 'tianditu' && baseMap.key ? tianditu(baseMap.key) : null
  return {
    version: 8,
    sources: { ...base?.sources, land: geojson(), grids: geojson(), focus: geojson(), labels: geojson(), cases: geojson() },
    layers: [
      { id: 'water', type: 'background', paint: { 'background-color': '#cfe0ea' } },
      ...(base ? base.layers : land),
      ...overlay(base !== null),
      ...cases,
    ],
  }
}
