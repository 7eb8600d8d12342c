/** The key file that the log publishes. By itself, because the page that checks receipts needs nothing else from the server. */
export async function ledgerKeys(): Promise<string> {
  const response = await globalThis.fetch('/ledger/vkeys')
  if (!response.ok) throw new Error(`the key file: ${response.status}`)
  return response.text()
}
