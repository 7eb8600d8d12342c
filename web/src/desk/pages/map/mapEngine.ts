/** The one place that starts MapLibre: worker from our own origin, controls in the reader's language, quiet motion. */
import { AttributionControl, Map as MapLibre, NavigationControl, ScaleControl, setWorkerUrl, type GeoJSONSource, type LngLatBoundsLike } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import 'maplibre-gl/dist/maplibre-gl.css'
import type { FeatureCollection } from 'geojson'
import type { Meta } from '@/api/types'
import { mapStyle } from './mapStyle'

setWorkerUrl(workerUrl)

export type SourceName = 'land' | 'grids' | 'focus' | 'labels' | 'cases'

export interface MapWords {
  map: string
  zoomIn: string
  zoomOut: string
  marker: string
  closePopup: string
  baseMap: string
}

/** The middle of the demo county, until something better is known. */
const start: LngLatBoundsLike = [118.7, 25.2, 119.4, 25.8]

export function createMap(container: HTMLElement, baseMap: Meta['baseMap'] | undefined, words: MapWords): MapLibre {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches
  const map = new MapLibre({
    container,
    style: mapStyle(baseMap),
    bounds: start,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: still ? 0 : 200,
    locale: {
      'Map.Title': words.map,
      'NavigationControl.ZoomIn': words.zoomIn,
      'NavigationControl.ZoomOut': words.zoomOut,
      'Marker.Title': words.marker,
      'Popup.Close': words.closePopup,
    },
  })
  map.touchZoomRotate.disableRotation()
  map.keyboard.disableRotation()
  map.addControl(new NavigationControl({ showCompass: false }), 'top-right')
  map.addControl(new ScaleControl({ maxWidth: 90 }), 'bottom-left')
  if (baseMap?.kind === 'tianditu') map.addControl(new AttributionControl({ customAttribution: words.baseMap }))
  return map
}

export function setSource(map: MapLibre, name: SourceName, data: FeatureCollection): void {
  const source = map.getSource<GeoJSONSource>(name)
  void source?.setData(data)
}

export type { MapLibre }
