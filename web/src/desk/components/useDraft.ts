/**
 * A form that is kept while it is typed: it comes back after a reload, Back, a crash, a lost network or a new sign-in, and is
 * forgotten once it has been sent. Only the person who typed it gets it back. Two tabs may have the same form: each keeps its
 * own for itself, and the last one for the browser, which outlives both.
 */
import { onScopeDispose, ref, watch } from 'vue'
import { draftClear, draftLoad, draftSave } from '@/shared/draft'

export interface DraftOptions<T> {
  /** Nothing worth keeping. */
  isBlank: (form: T) => boolean
  /** What names a person, kept for this tab only. */
  tabOnly?: readonly (keyof T)[]
  /** Secrets, never kept. */
  never?: readonly (keyof T)[]
}

const settleMilliseconds = 600

export function useDraft<T extends object>(account: string, name: string, form: T, options: DraftOptions<T>) {
  const { isBlank, tabOnly = [], never = [] } = options
  const kept = draftLoad<Partial<T>>(account, name)
  const own = draftLoad<Partial<T>>(account, name, Date.now(), 'tab')
  Object.assign(form, kept, own)
  const restored = ref(kept !== null || own !== null)
  const unsaved = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let over = false

  const part = (fits: (key: keyof T) => boolean) =>
    Object.fromEntries(Object.entries(form).filter(([key]) => fits(key as keyof T) && !never.includes(key as keyof T)))
  const shared = () => part((key) => !tabOnly.includes(key))
  /** What this tab has in the browser's store, unless another tab has written since. */
  let left = JSON.stringify(own === null ? kept : shared())

  function keep(): void {
    clearTimeout(timer)
    timer = undefined
    if (over) return
    if (isBlank(form)) return clear()
    const browser = draftSave(account, name, shared())
    const tab = draftSave(account, name, part(() => true), Date.now(), 'tab')
    left = JSON.stringify(shared())
    unsaved.value = !browser || !tab
  }

  /** Another tab's words are left alone. */
  function clear(): void {
    draftClear(account, name, 'tab')
    if (JSON.stringify(draftLoad(account, name)) === left) draftClear(account, name, 'browser')
  }

  const keepNow = (): void => (timer === undefined ? undefined : keep())

  watch(
    form,
    () => {
      over = false
      timer ??= setTimeout(keep, settleMilliseconds)
    },
    { deep: true },
  )
  addEventListener('pagehide', keepNow)
  document.addEventListener('visibilitychange', keepNow)
  onScopeDispose(() => {
    removeEventListener('pagehide', keepNow)
    document.removeEventListener('visibilitychange', keepNow)
    keepNow()
  })

  /** Sent, or given up: what is on the screen now is kept no longer. */
  function forget(): void {
    clearTimeout(timer)
    timer = undefined
    over = true
    restored.value = false
    clear()
  }

  return { restored, unsaved, keep, forget }
}
