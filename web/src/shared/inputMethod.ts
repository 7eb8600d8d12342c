/**
 * Keys typed into an input method are its own: Enter takes a candidate, arrows walk through candidates, Escape drops them.
 * Browsers tell of it in three ways. Most set `isComposing`; Safari ends the composition before the key that ended it, and
 * marks that key with code 229; and everywhere the same key is let go after the composition has ended.
 */
const processKey = 229

/** Where a composition goes on; a field that is left or gone has none. */
let composing: EventTarget | null = null

globalThis.addEventListener?.('compositionstart', ({ target }) => (composing = target), true)
for (const kind of ['compositionend', 'focusout']) globalThis.addEventListener?.(kind, () => (composing = null), true)

/** Whether this key belongs to an input method and not to the page. */
export const isInputMethods = (event: KeyboardEvent): boolean =>
  event.isComposing || event.keyCode === processKey || (composing !== null && event.target === composing)

type Handlers = Readonly<Record<string, (event: KeyboardEvent) => unknown>>

/**
 * The one way to listen to keys: handlers by the key's name, called for a person's own keys only. A key that was handled
 * goes no further; a handler that answers `false` has not handled it.
 */
export function onKeys(handlers: Handlers): (event: KeyboardEvent | Event) => void {
  return (event) => {
    if (!(event instanceof KeyboardEvent) || isInputMethods(event)) return
    if (!Object.hasOwn(handlers, event.key) || handlers[event.key]!(event) === false) return
    event.preventDefault()
    event.stopPropagation()
  }
}

/** Keeps the input method's keys from everything on the page, libraries and the browser's own form sending included. */
export function guardInputMethod(target: Window): () => void {
  let lettingGo = false

  function ended(): void {
    lettingGo = true
  }

  function guard(event: KeyboardEvent): void {
    const own = isInputMethods(event) || (event.type === 'keyup' && lettingGo)
    if (event.type === 'keyup' || !own) lettingGo = false
    if (!own) return
    event.stopImmediatePropagation()
    const multiline = event.target instanceof HTMLTextAreaElement
    if (event.type === 'keydown' && (event.key === 'Escape' || (event.key === 'Enter' && !multiline))) event.preventDefault()
  }

  const kinds = ['keydown', 'keypress', 'keyup'] as const
  target.addEventListener('compositionend', ended, true)
  for (const kind of kinds) target.addEventListener(kind, guard, true)
  return () => {
    target.removeEventListener('compositionend', ended, true)
    for (const kind of kinds) target.removeEventListener(kind, guard, true)
  }
}
