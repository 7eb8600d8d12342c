/** Who signs out in one tab leaves all of them: a shared computer shows nothing of theirs any more. */
const place = 'yizhi.signedOut'

export function tellSignedOut(account: string, now = Date.now()): void {
  try {
    localStorage.setItem(place, JSON.stringify({ account, now }))
    localStorage.removeItem(place)
  } catch {
    return
  }
}

/** Calls back with the account that signed out in another tab. */
export function onSignedOutElsewhere(left: (account: string) => void): void {
  addEventListener('storage', ({ key, newValue }) => {
    if (key !== place || !newValue) return
    left((JSON.parse(newValue) as { account: string }).account)
  })
}
