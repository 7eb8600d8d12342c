/**
 * A form that is kept while it is typed: it comes back after a reload, Back, a crash, a lost network or a new sign-in, and is
 * forgotten once it has been sent. Only the person who typed it gets it back.
 */
import { onScopeDispose, ref, watch } from 'vue'
import { draftClear, draftLoad, draftSave } from '@/shared/draft'
import { filesRelease } from '@/shared/heldFiles'

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

  function keep(): void {
    clearTimeout(timer)
    timer = undefined
    if (over) return
    if (isBlank(form)) return draftClear(account, name)
    const browser = draftSave(account, name, part((key) => !tabOnly.includes(key)))
    const tab = tabOnly.length === 0 || draftSave(account, name, part((key) => tabOnly.includes(key)), Date.now(), 'tab')
    unsaved.value = !browser || !tab
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
    draftClear(account, name)
    void filesRelease((held) => held.account === account && held.form === name)
  }

  return { restored, unsaved, keep, forget }
}
