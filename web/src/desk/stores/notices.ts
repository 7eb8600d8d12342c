/** How many notices one has not read, for the top bar and the page of notices. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { noticesUnread } from '@/api/notices'

export const useNotices = defineStore('notices', () => {
  const unread = ref(0)
  const more = ref(false)

  /** A count that cannot be had is no reason to disturb anybody. */
  async function count(): Promise<void> {
    const answer = await noticesUnread().catch(() => null)
    if (!answer) return
    unread.value = answer.unread
    more.value = answer.more
  }

  return { unread, more, count }
})
