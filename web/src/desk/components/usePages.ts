/**
 * A list read page by page: `reload` starts again, `more` appends, `refresh` re-reads as many rows as are shown so
 * that a live change does not throw the reader back to the top. The first `reload` of a page that one comes back to reads
 * as many rows as were shown.
 */
import { onScopeDispose, ref, shallowRef } from 'vue'
import type { Page } from '@/api/types'
import { pageFilling, rowsKeep, rowsShown } from '@/shared/listPlace'

const largestPage = 200
const usualPage = 50
/** Who has gone further than this starts again at the top. */
const mostRestored = 1_000

export function usePages<T>(read: (cursor: string | undefined, limit: number | undefined) => Promise<Page<T>>) {
  const items = shallowRef<T[]>([])
  const next = ref<string | null>(null)
  const loading = ref(false)
  const loaded = ref(false)
  const failure = shallowRef<unknown>(null)
  let turn = 0
  /** What comes after the page was left belongs to no entry of the history. */
  onScopeDispose(() => (turn += 1))
  let before = Math.min(rowsShown(), mostRestored)

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
      rowsKeep(items.value.length)
    } catch (error) {
      if (mine === turn) failure.value = error
    } finally {
      if (mine === turn) loading.value = false
    }
  }

  /** As many rows as were shown before, unless something else is asked meanwhile. */
  async function restore(rows: number): Promise<void> {
    await load(undefined, Math.min(rows, largestPage), false)
    for (let mine = turn; items.value.length < rows && next.value && !failure.value && mine === turn; mine = turn) {
      await load(next.value, Math.min(rows - items.value.length, largestPage), true)
    }
  }

  function reload(): Promise<void> {
    const rows = before
    before = 0
    const work = rows > usualPage ? restore(rows) : load(undefined, undefined, false)
    pageFilling(work)
    return work
  }

  const more = () => (next.value ? load(next.value, undefined, true) : Promise.resolve())

  function refresh(): Promise<void> {
    const shown = items.value.length
    if (shown > largestPage) return Promise.resolve()
    return load(undefined, shown > usualPage ? shown : undefined, false)
  }

  return { items, next, loading, loaded, failure, reload, more, refresh }
}
