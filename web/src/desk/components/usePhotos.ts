/** The photos of a form: it waits while they go up, and asks before it is sent without one that did not. */
import { computed, ref, shallowRef, watch } from 'vue'
import type PhotoUpload from './PhotoUpload.vue'

export function usePhotos(focusBack: () => unknown) {
  const picker = shallowRef<InstanceType<typeof PhotoUpload> | null>(null)
  /** How often the question was put; 0 while it is not. */
  const question = ref(0)
  const waiting = computed(() => picker.value?.waiting ?? 0)
  const uploading = computed(() => picker.value?.uploading ?? false)
  const mayGoUp = computed(() => picker.value?.mayGoUp ?? false)

  /** Nothing is left to ask about: the button that was pressed for an answer is gone. */
  watch(waiting, (count) => {
    if (count > 0 || question.value === 0) return
    question.value = 0
    focusBack()
  })

  const ask = (): void => void (question.value += 1)

  return { picker, question, waiting, uploading, mayGoUp, ask }
}
