/** Cases in the view, coloured by the tone of their state and ringed by their alert; asked again as the view moves. */
import { onScopeDispose, shallowRef, type Ref } from 'vue'
import { mapCases } from '@/api/cases'
import { asApiError } from '@/api/problem'
import type { MapCases } from '@/api/types'
import { useMeta } from '../../stores/meta'
import { alertColors } from './mapStyle'
import { otherColor, stateColors } from './stateColors'

const settleMilliseconds = 180

export function useCaseLayer(states: Ref<string[]>) {
  const meta = useMeta()
  const cases = shallowRef<MapCases>({ type: 'FeatureCollection', features: [] })
  const failure = shallowRef<unknown>(null)
  let bbox = ''
  let timer: ReturnType<typeof setTimeout> | undefined
  let asked: AbortController | undefined

  function painted(found: MapCases): MapCases {
    const colors = stateColors(meta.meta?.states ?? [])
    const features = found.features.map((one) => ({
      ...one,
      properties: {
        ...one.properties,
        color: colors.get(one.properties.state ?? '') ?? otherColor,
        ring: alertColors[one.properties.alert ?? 'none'],
      },
    }))
    return { type: 'FeatureCollection', features }
  }

  async function read(): Promise<void> {
    if (!bbox) return
    asked?.abort()
    const mine = new AbortController()
    asked = mine
    try {
      cases.value = painted(await mapCases(bbox, states.value.join(','), mine.signal))
      failure.value = null
    } catch (error) {
      if (!mine.signal.aborted) failure.value = asApiError(error)
    }
  }

  function refresh(): void {
    clearTimeout(timer)
    timer = setTimeout(read, settleMilliseconds)
  }

  function moved(to: string): void {
    bbox = to
    refresh()
  }

  onScopeDispose(() => {
    clearTimeout(timer)
    asked?.abort()
  })

  return { cases, failure, moved, refresh }
}
