/**
 * The timeline of a case. While a step is not in the ledger yet it is looked at again, less and less often and not for ever:
 * reading a confidential case is a record of its own.
 */
import { onScopeDispose, ref, shallowRef } from 'vue'
import { caseTimeline } from '@/api/cases'
import type { TimelineItem } from '@/api/types'

const waits = [1_200, 2_400, 5_000, 10_000, 20_000]

export function useTimeline(id: string) {
  const timeline = shallowRef<TimelineItem[]>([])
  /** A step should be in the ledger by now, and is not. */
  const late = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let over = false

  async function read(turn: number): Promise<void> {
    clearTimeout(timer)
    timeline.value = await caseTimeline(id)
    const waiting = timeline.value.some((item) => item.ledger === null)
    late.value = waiting && turn === waits.length
    if (waiting && !late.value && !over) timer = setTimeout(() => read(turn + 1).catch(() => undefined), waits[turn])
  }

  onScopeDispose(() => {
    over = true
    clearTimeout(timer)
  })

  return { timeline, late, reload: () => read(0) }
}
