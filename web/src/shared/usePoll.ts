/** Calls again a while after each answer, as long as the page is looked at; a page that comes back asks at once. */
import { onScopeDispose } from 'vue'

export function usePoll(load: () => Promise<unknown>, milliseconds: number): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let asking = false
  let over = false

  async function turn(): Promise<void> {
    clearTimeout(timer)
    if (asking || over || document.hidden) return
    asking = true
    await load()
    asking = false
    if (!over && !document.hidden) timer = setTimeout(turn, milliseconds)
  }

  document.addEventListener('visibilitychange', turn)
  onScopeDispose(() => {
    over = true
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', turn)
  })
  void turn()
}
