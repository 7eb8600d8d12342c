/**
 * A button that is disabled while its request is under way loses the focus to the page, and keys then do nothing. It gets the
 * focus back once it can be pressed again, unless the person has gone on to something else.
 */
export function keepFocus(page: Document): () => void {
  let focused: EventTarget | null = null
  let waiting: HTMLElement | null = null

  function moved({ target }: FocusEvent): void {
    focused = target
    waiting = null
  }

  const nothingFocused = () => page.activeElement === null || page.activeElement === page.body

  const observer = new MutationObserver((changes) => {
    for (const { target } of changes) {
      if (!(target instanceof HTMLElement)) continue
      if (target.hasAttribute('disabled')) {
        if (target === focused) waiting = target
      } else if (target === waiting) {
        waiting = null
        if (nothingFocused()) target.focus({ preventScroll: true })
      }
    }
  })

  page.addEventListener('focusin', moved)
  observer.observe(page, { subtree: true, attributes: true, attributeFilter: ['disabled'] })
  return () => {
    page.removeEventListener('focusin', moved)
    observer.disconnect()
  }
}
