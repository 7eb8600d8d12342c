/**
 * Where the focus goes when a part of a page opens, closes or finds something wrong: to what the person is to read or fill in
 * next, which then is in view.
 */
import { nextTick, type ComponentPublicInstance } from 'vue'

/** An element, or the component that draws it. */
export type Part = Element | ComponentPublicInstance | null | undefined

const fields = 'input:not([aria-hidden="true"]), select, textarea'
const wrong = '[aria-invalid="true"]'

function elementOf(part: Part): HTMLElement | null {
  const element = part && '$el' in part ? (part.$el as unknown) : part
  return element instanceof HTMLElement ? element : null
}

/** A part, once it is drawn: the whole of it comes into view, and its first field has the focus, else itself. */
export async function focusOn(part: () => Part): Promise<void> {
  await nextTick()
  const opened = elementOf(part())
  opened?.scrollIntoView({ block: 'nearest' })
  const first = opened?.querySelector<HTMLElement>(fields) ?? opened
  first?.focus({ preventScroll: true })
}

/** What has to be mended first, once it is marked; of several answers to one question the first. */
export async function focusProblem(form: () => Part): Promise<void> {
  await nextTick()
  const first = elementOf(form())?.querySelector<HTMLElement>(wrong)
  const field = first?.matches(fields) ? first : first?.querySelector<HTMLElement>(fields)
  field?.focus()
}

/** What stands at a place of a part, once it is drawn, such as the button that had opened what is closed now. */
export async function focusIn(part: () => Part, selector: string): Promise<void> {
  await nextTick()
  elementOf(part())?.querySelector<HTMLElement>(selector)?.focus()
}
