/** The answer to a file somebody brought: it holds, it does not and why, or it could not be checked. */
import type { Bytes } from './bytes'
import { subtle } from './hash'
import { logFingerprint, type PinnedKeys } from './keyFile'
import { parseReceipt, verifyReceipt, type Proven, type Receipt } from './receipt'
import { refuse, Refusal, type Fault, type Link } from './refusal'
import { isSame, type Sheet } from './sheet'

export type Outcome =
  | { state: 'holds'; receipt: Receipt; proven: Proven }
  | { state: 'refused'; fault: Fault }
  | { state: 'unchecked'; fault: Fault }
  /** The file reads as a receipt, but there is nothing yet to check it against. */
  | { state: 'keysMissing' }

/** In the order in which they are checked. */
export const chain = ['file', 'place', 'log', 'witnesses'] as const satisfies readonly Link[]

export async function judge(bytes: Bytes, keys: PinnedKeys | null, sheet: Sheet | null): Promise<Outcome> {
  try {
    subtle()
    const receipt = parseReceipt(bytes)
    if (!keys) return { state: 'keysMissing' }
    const proven = await verifyReceipt(receipt, keys)
    if (sheet && !isSame(sheet, proven)) refuse({ link: 'sheet', why: 'other' })
    if (sheet?.logKey && sheet.logKey !== (await logFingerprint(keys))) refuse({ link: 'sheet', why: 'key' })
    return { state: 'holds', receipt, proven }
  } catch (error) {
    const fault = faultOf(error)
    return { state: fault.link === 'browser' ? 'unchecked' : 'refused', fault }
  }
}

/** Whatever was not foreseen is the browser's: then nothing was checked, and nothing is claimed. */
export const faultOf = (error: unknown): Fault => (error instanceof Refusal ? error.fault : { link: 'browser' })
