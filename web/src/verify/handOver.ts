/**
 * A receipt on its way from the desk to the page that checks receipts: a tab opened from the desk begins with a copy of the
 * desk's session storage, so nothing is uploaded and nothing stands in an address.
 */
const place = 'yizhi.verify.receipt'

export interface HandedOver {
  name: string
  text: string
  /** The key file that the log publishes, where it could be had. */
  keys?: string
}

/** Opens the page with this receipt; in this tab where the browser refuses another. */
export function handOver(receipt: HandedOver): void {
  sessionStorage.setItem(place, JSON.stringify(receipt))
  const opened = window.open('/verify')
  if (opened) sessionStorage.removeItem(place)
  else location.assign('/verify')
}

/** What was handed over, once. */
export function takeHandedOver(): HandedOver | null {
  try {
    const kept = sessionStorage.getItem(place)
    sessionStorage.removeItem(place)
    return kept === null ? null : (JSON.parse(kept) as HandedOver)
  } catch {
    return null
  }
}
