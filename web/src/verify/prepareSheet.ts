/** A receipt as a sheet of paper, for the desk, which prints without checking: it has no keys of the reader's. */
import type { Bytes } from './core/bytes'
import { commitment } from './core/parts'
import { parseReceipt } from './core/receipt'
import PaperSheet from './PaperSheet.vue'
import { chooseLanguage } from './words'

export async function prepareSheet(bytes: Bytes, language: string) {
  const receipt = parseReceipt(bytes)
  const entry = await commitment(receipt.parts)
  chooseLanguage(language === 'en' ? 'en' : 'zh-CN')
  return { paper: PaperSheet, receipt, entry }
}
