/** Looks for the same thing already reported, while the report is being typed. */
import { onScopeDispose, shallowRef, watch } from 'vue'
import { draftDuplicates } from '@/api/cases'
import type { Duplicate } from '@/api/types'
import { draftOf, type ReportForm } from './reportForm'

const settleMilliseconds = 700

export function useDuplicates(form: ReportForm) {
  const found = shallowRef<Duplicate[]>([])
  let timer: ReturnType<typeof setTimeout> | undefined
  let asked: AbortController | undefined

  async function look(): Promise<void> {
    asked?.abort()
    const draft = draftOf(form)
    if (!draft) return void (found.value = [])
    const mine = new AbortController()
    asked = mine
    try {
      found.value = await draftDuplicates(draft, mine.signal)
    } catch {
      // A hint that cannot be had must not stand in the way of a report.
      if (!mine.signal.aborted) found.value = []
    }
  }

  watch(
    () => JSON.stringify(draftOf(form)),
    () => {
      clearTimeout(timer)
      timer = setTimeout(look, settleMilliseconds)
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    clearTimeout(timer)
    asked?.abort()
  })

  return found
}
