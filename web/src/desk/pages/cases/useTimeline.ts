/** The timeline of a case. While a step is not in the ledger yet, it is looked at again: soon at first, then less and less often. */
import { onScopeDispose, shallowRef } from 'vue'
import { caseTimeline } from '@/api/cases'
import type { TimelineItem } from '@/api/types'

const soonest = 1_200
const rarest = 30_000

export function useTimeline(id: string) {
  const timeline = shallowRef<TimelineItem[]>([])
  let timer: ReturnType<typeof setTimeout> | undefined
  let over = false

  async function read(wait: number): Promise<void> {
    clearTimeout(timer)
    timeline.value = await caseTimeline(id)
    const waiting = timeline.value.some((item) => item.ledger === null)
    if (waiting && !over) timer = setTimeout(() => read(Math.min(wait * 2, rarest)).catch(() => undefined), wait)
  }

  onScopeDispose(() => {
    over = true
    clearTimeout(timer)
  })

  return { timeline, reload: () => read(soonest) }
}
