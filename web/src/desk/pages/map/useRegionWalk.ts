/**
 * Walking down the five levels: the region looked at, the way up, what lies below with its counts, and the shapes to
 * draw. Missing shapes are not errors: a region may have no outline.
 */
import { computed, ref, shallowRef, type Ref } from 'vue'
import { counters } from '@/api/cases'
import { gridList, regionChildren, regionFetch, regionOutline } from '@/api/places'
import type { Counter, GridCollection, Outline, Region, RegionDetail } from '@/api/types'
import { boundsAround, boundsOf, countyOf, labelsOf, noGrids, type Bounds } from './geometry'

const mostOutlines = 24
const withGrids = ['county', 'township', 'village']

const kept = <T>(results: PromiseSettledResult<T>[]): T[] => results.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))

async function landFor(region: RegionDetail | null, children: Region[]): Promise<Outline[]> {
  if (region && withGrids.includes(region.level)) {
    const codes = [...new Set([countyOf(region.code), region.code])]
    return kept(await Promise.allSettled(codes.map((code) => regionOutline(code))))
  }
  const below = children.slice(0, mostOutlines).map((one) => regionOutline(withGrids.includes(one.level) ? countyOf(one.code) : one.code))
  return kept(await Promise.allSettled(below))
}

const gridsFor = (region: RegionDetail | null) =>
  region && withGrids.includes(region.level) ? gridList(region.code).catch(() => noGrids) : Promise.resolve(noGrids)

export function useRegionWalk({ counted = true } = {}) {
  const region = shallowRef<RegionDetail | null>(null)
  const children = shallowRef<Region[]>([])
  const counts = shallowRef<Map<string, Counter>>(new Map())
  const land = shallowRef<Outline[]>([])
  const grids = shallowRef<GridCollection>(noGrids)
  const bounds = shallowRef<Bounds | null>(null)
  const loading = ref(false)
  const failure = shallowRef<unknown>(null) as Ref<unknown>
  let turn = 0

  function frame(): Bounds | null {
    if (grids.value.features.length > 0) return boundsOf(grids.value.features)
    const centers = children.value.flatMap((one) => (one.center ? [one.center] : []))
    const own = land.value.filter((one) => one.properties.code === region.value?.code)
    return boundsOf(own.length > 0 ? own : land.value) ?? boundsAround(centers.length > 0 ? centers : region.value?.center ? [region.value.center] : [])
  }

  /** Counts only adorn the list: a post that may not have them still walks. */
  async function readCounts(): Promise<void> {
    if (!counted) return
    const answer = await counters('region', region.value?.code).catch(() => null)
    if (answer) counts.value = new Map(answer.items.map((one) => [one.key, one]))
  }

  /** Goes to a region; without a code to the top of one's slice, and through it when it is a single region. */
  async function go(code: string | undefined): Promise<void> {
    turn += 1
    const mine = turn
    loading.value = true
    failure.value = null
    try {
      const [here, below] = await Promise.all([code ? regionFetch(code) : null, regionChildren(code)])
      if (mine !== turn) return
      if (!here && below.length === 1) return await go(below[0]!.code)
      region.value = here
      children.value = below
      const [outlines, cells] = await Promise.all([landFor(here, below), gridsFor(here)])
      if (mine !== turn) return
      land.value = outlines
      grids.value = cells
      bounds.value = frame()
      await readCounts()
    } catch (error) {
      if (mine === turn) failure.value = error
    } finally {
      if (mine === turn) loading.value = false
    }
  }

  const labels = computed(() => labelsOf(children.value, grids.value))
  const schematic = computed(() => grids.value.features.some((one) => one.properties.schematic))

  return { region, children, counts, land, grids, bounds, labels, schematic, loading, failure, go, readCounts }
}
