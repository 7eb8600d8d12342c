/** Calls back soon after a live change, and under a stream of them at most once in a while; `wants` narrows them. */
import { onScopeDispose } from 'vue'
import { onLive } from '@/api/live'
import type { LiveChange } from '@/api/types'

const settleMilliseconds = 300
const pauseMilliseconds = 1500

export function useLive(refresh: () => void, wants: (change: LiveChange) => boolean = () => true): void {
  let last = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = onLive((change) => {
    if (change && !wants(change)) return
    const wait = Math.max(settleMilliseconds, last + pauseMilliseconds - Date.now())
    timer ??= setTimeout(() => {
      timer = undefined
      last = Date.now()
      refresh()
    }, wait)
  })
  onScopeDispose(() => {
    stop()
    clearTimeout(timer)
  })
}
