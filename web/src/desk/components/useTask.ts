/** Runs one thing at a time, says what went wrong, and remembers the error for the page to show. */
import { computed, ref, shallowRef } from 'vue'
import { ElMessage } from 'element-plus/es/components/message/index.mjs'
import 'element-plus/es/components/message/style/css'
import { asApiError } from '@/api/problem'
import { useSay } from '@/shared/useSay'

export function useTask(options: { quiet?: boolean } = {}) {
  const busy = ref(false)
  const failure = shallowRef<unknown>(null)
  /** The field that the server did not take. */
  const refused = computed(() => (failure.value ? asApiError(failure.value).field : undefined))
  const { error: explain } = useSay()

  /** True when it went well. */
  async function run(work: () => Promise<unknown>): Promise<boolean> {
    if (busy.value) return false
    busy.value = true
    failure.value = null
    try {
      await work()
      return true
    } catch (error) {
      failure.value = error
      if (!options.quiet) ElMessage({ type: 'error', message: explain(error), duration: 8000, showClose: true })
      return false
    } finally {
      busy.value = false
    }
  }

  return { busy, failure, refused, run }
}
