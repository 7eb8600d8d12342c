/** The case that a form would end this one in, while it is being written: asked for once it can be one, and another than this. */
import { computed, onScopeDispose, ref, watch } from 'vue'
import type { ActionForm, Case } from '@/api/types'

/** A number as people write it, or the identifier that a list of choices gives. */
const caseName = /^(?:\d{6}-\d{8}-\d{5,}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i
const settleMilliseconds = 400

export function useMerge(action: () => ActionForm, values: Record<string, unknown>, here: () => Case | undefined) {
  /** The field that names the other case; most forms have none. */
  const field = computed(() => {
    const all = action().fields?.['properties'] as Record<string, Record<string, unknown>> | undefined
    return Object.keys(all ?? {}).find((key) => all?.[key]?.['x-source'] === 'duplicates')
  })
  const written = computed(() => (field.value ? String(values[field.value] ?? '').trim() : ''))
  const own = computed(() => written.value !== '' && [here()?.id, here()?.number].includes(written.value))
  const wanted = computed(() => (!own.value && caseName.test(written.value) ? written.value : ''))

  /** Shown beside this one, once nobody types any more. */
  const other = ref(wanted.value)
  let timer: ReturnType<typeof setTimeout> | undefined
  watch(wanted, (name) => {
    clearTimeout(timer)
    other.value = ''
    if (name) timer = setTimeout(() => (other.value = name), settleMilliseconds)
  })
  onScopeDispose(() => clearTimeout(timer))

  /** What is wrong with what is written, by the name of its field. */
  const problems = (): Record<string, string> =>
    field.value && written.value && !wanted.value ? { [field.value]: own.value ? 'ownCase' : 'caseNumber' } : {}

  /** Of these what can be told before the form is sent. */
  const said = computed<Record<string, string>>(() => (own.value ? problems() : {}))

  return { wanted, other, said, problems }
}
