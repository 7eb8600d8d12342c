/** Calls back after live changes, at most about three times a second; `wants` narrows them. */
import { onScopeDispose } from 'vue'
import { onLive } from '@/api/live'
import type { LiveChange } from '@/api/types'

const settleMilliseconds = 350

export function useLive(refresh: () => void, wants: (change: LiveChange) => boolean = () => true): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = onLive((change) => {
    if (change && !wants(change)) return
    timer ??= setTimeout(() => {
      timer = undefined
      refresh()
    }, settleMilliseconds)
  })
  onScopeDispose(() => {
    stop()
    clearTimeout(timer)
  })
}
