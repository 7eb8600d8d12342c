/** The key file that the log publishes. By itself, because the page that checks receipts needs nothing else from the server. */
import { askPatiently, silence } from './patience'

export async function ledgerKeys(): Promise<string> {
  const response = await askPatiently('/ledger/vkeys', silence.ordinary)
  if (!response.ok) throw new Error(`the key file: ${response.status}`)
  return response.text()
}
