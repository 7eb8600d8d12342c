/**
 * A list read page by page: `reload` starts again, `more` appends, `refresh` re-reads as many rows as are shown so
 * that a live change does not throw the reader back to the top.
 */
import { ref, shallowRef } from 'vue'
import type { Page } from '@/api/types'

const largestPage = 200

export function usePages<T>(read: (cursor: string | undefined, limit: number | undefined) => Promise<Page<T>>) {
  const items = shallowRef<T[]>([])
  const next = ref<string | null>(null)
  const loading = ref(false)
  const loaded = ref(false)
  const failure = shallowRef<unknown>(null)
  let turn = 0

  async function load(cursor: string | undefined, limit: number | undefined, append: boolean): Promise<void> {
    turn += 1
    const mine = turn
    loading.value = true
    failure.value = null
    try {
      const page = await read(cursor, limit)
      if (mine !== turn) return
      items.value = append ? [...items.value, ...page.items] : page.items
      next.value = page.next ?? null
      loaded.value = true
    } catch (error) {
      if (mine === turn) failure.value = error
    } finally {
      if (mine === turn) loading.value = false
    }
  }

  const reload = () => load(undefined, undefined, false)
  const more = () => (next.value ? load(next.value, undefined, true) : Promise.resolve())

  function refresh(): Promise<void> {
    const shown = items.value.length
    if (shown > largestPage) return Promise.resolve()
    return load(undefined, shown > 50 ? largestPage : undefined, false)
  }

  return { items, next, loading, loaded, failure, reload, more, refresh }
}
