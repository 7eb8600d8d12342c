/** The life of one report: restored draft, keeping it while typing, sending it once, also across lost networks. */
import { reactive, shallowRef } from 'vue'
import { caseReport } from '@/api/cases'
import { ApiError } from '@/api/problem'
import type { Case } from '@/api/types'
import { uuid7 } from '@/shared/uuid7'
import { useDraft } from '../../components/useDraft'
import { useTask } from '../../components/useTask'
import { emptyReport, isBlank, reportOf, type ReportForm } from './reportForm'

export const draftName = 'report'

export function useReport(account: string) {
  const form = reactive<ReportForm>(emptyReport())
  const { restored, unsaved, keep, forget } = useDraft<ReportForm>(account, draftName, form, { isBlank, tabOnly: ['reporterName', 'reporterPhone'] })
  const made = shallowRef<Case | null>(null)
  const { busy, failure, refused, run } = useTask({ quiet: true })

  function startAgain(): void {
    Object.assign(form, emptyReport())
    made.value = null
    forget()
  }

  async function send(): Promise<void> {
    const report = reportOf(form)
    if (!report || made.value) return
    if (await run(async () => (made.value = await caseReport(report)))) return forget()
    // The report arrived before it was changed: what is sent next is another one.
    if (failure.value instanceof ApiError && failure.value.code === 'key_reused') form.id = uuid7()
    keep()
  }

  return { form, restored, made, unsaved, busy, failure, refused, send, startAgain }
}
