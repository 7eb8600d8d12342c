/** What the QR code of a printed receipt names, behind the address of this page: the place in the log, the record's commitment, and the log's key. */
import { decimal, equal, hex, type Bytes } from './bytes'

export interface Sheet {
  index: bigint
  commitment: Bytes
  /** The fingerprint of the log's key when the sheet was printed; sheets of earlier versions have none. */
  logKey?: string
}

/** The part behind `#` stays in the browser; no server is told which receipt somebody checks. */
export const sheetAddress = (page: string, { index, commitment, logKey }: Sheet): string =>
  `${page}#${index}.${hex(commitment)}${logKey ? `.${logKey}` : ''}`

/** From an address, or the part of it behind `#`; null when it names no receipt. */
export function parseSheet(address: string): Sheet | null {
  const [, number = '', digits = '', logKey] = /#([0-9]{1,20})\.([0-9a-f]{64})(?:\.([0-9a-f]{64}))?$/.exec(address) ?? []
  const index = decimal(number)
  if (index === null) return null
  const commitment = Uint8Array.from(digits.match(/../g) ?? [], (byte) => parseInt(byte, 16))
  return { index, commitment, ...(logKey ? { logKey } : {}) }
}

export const isSame = (sheet: Sheet, other: Pick<Sheet, 'index' | 'commitment'>): boolean =>
  sheet.index === other.index && equal(sheet.commitment, other.commitment)
