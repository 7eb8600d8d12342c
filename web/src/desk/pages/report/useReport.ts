/** The life of one report: restored draft, keeping it while typing, sending it once, also across lost networks. */
import { onScopeDispose, reactive, ref, shallowRef, watch } from 'vue'
import { caseReport } from '@/api/cases'
import { ApiError } from '@/api/problem'
import type { Case } from '@/api/types'
import { uuid7 } from '@/shared/uuid7'
import { draftClear, draftLoad, draftSave } from '@/shared/draft'
import { useTask } from '../../components/useTask'
import { emptyReport, isBlank, keepable, reportOf, type ReportForm } from './reportForm'

const draftName = 'report'
const settleMilliseconds = 600

export function useReport(account: string) {
  const kept = draftLoad<ReportForm>(account, draftName)
  const form = reactive<ReportForm>(kept ?? emptyReport())
  const restored = ref(kept !== null)
  const made = shallowRef<Case | null>(null)
  const unsaved = ref(false)
  const { busy, failure, run } = useTask({ quiet: true })
  let timer: ReturnType<typeof setTimeout> | undefined

  function keep(): void {
    clearTimeout(timer)
    timer = undefined
    if (made.value) return
    if (isBlank(form)) draftClear(account, draftName)
    else unsaved.value = !draftSave(account, draftName, keepable(form))
  }

  watch(form, () => (timer ??= setTimeout(keep, settleMilliseconds)), { deep: true })
  addEventListener('pagehide', keep)
  onScopeDispose(() => {
    removeEventListener('pagehide', keep)
    if (timer) keep()
  })

  function startAgain(): void {
    Object.assign(form, emptyReport())
    restored.value = false
    made.value = null
    draftClear(account, draftName)
  }

  async function send(): Promise<void> {
    const report = reportOf(form)
    if (!report) return
    const sent = await run(async () => (made.value = await caseReport(report)))
    if (!sent) {
      // The report arrived before it was changed: what is sent next is another one.
      if (failure.value instanceof ApiError && failure.value.code === 'key_reused') form.id = uuid7()
      return keep()
    }
    clearTimeout(timer)
    timer = undefined
    draftClear(account, draftName)
  }

  return { form, restored, made, unsaved, busy, failure, send, startAgain }
}
