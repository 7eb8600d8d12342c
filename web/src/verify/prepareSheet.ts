/** A receipt as a sheet of paper, for the desk, which prints without checking: it has no keys of the reader's. */
import type { Bytes } from './core/bytes'
import { logFingerprint, parseKeyFile } from './core/keyFile'
import { commitment } from './core/parts'
import { parseReceipt } from './core/receipt'
import PaperSheet from './PaperSheet.vue'
import { chooseLanguage } from './words'

/** `keys` is the key file that the log publishes now: its fingerprint goes onto the sheet. */
export async function prepareSheet(bytes: Bytes, language: string, keys: string | null) {
  const receipt = parseReceipt(bytes)
  const entry = await commitment(receipt.parts)
  const logKey = keys === null ? undefined : await parseKeyFile(keys).then(logFingerprint, () => undefined)
  chooseLanguage(language === 'en' ? 'en' : 'zh-CN')
  return { paper: PaperSheet, receipt, entry, logKey }
}
