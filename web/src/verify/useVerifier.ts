/** What a person has brought so far, and what follows from it. Everything happens in the browser. */
import { onMounted, shallowRef, watch } from 'vue'
import { ledgerKeys } from '@/api/ledgerKeys'
import { fromUtf8, hex, utf8, type Bytes } from './core/bytes'
import { prepare } from './core/ed25519'
import { sha256 } from './core/hash'
import { faultOf, judge, type Outcome } from './core/judge'
import { logFingerprint, parseKeyFile, type PinnedKeys } from './core/keyFile'
import { refuse, type Fault } from './core/refusal'
import { parseSheet, type Sheet } from './core/sheet'
import { takeHandedOver } from './handOver'
import { firstPublished, keepKeys, storedKeys } from './keyStore'
import { oneFile } from './served'

export interface ChosenKeys {
  pinned: PinnedKeys
  text: string
  /** SHA-256 of the file, as other programs compute it. */
  fingerprint: string
  /** SHA-256 of the log's key alone, as it is printed on receipts. */
  logKey: string
  /** From the person's own hand, or from the side that is being checked. */
  from: 'own' | 'published'
  /** Milliseconds since 1970, when this browser took a receipt under another key of the log; null when it is the same. */
  otherSince: number | null
}

export interface Brought {
  /** Of a file; a pasted text has none. */
  name: string
  bytes: Bytes
}

async function readKeys(text: string, from: ChosenKeys['from']): Promise<ChosenKeys> {
  const pinned = await parseKeyFile(text)
  const logKey = await logFingerprint(pinned)
  const first = from === 'published' ? firstPublished() : null
  const before = first && (await parseKeyFile(first.text).then(logFingerprint, () => null))
  return { pinned, text, fingerprint: hex(await sha256(utf8(text))), logKey, from, otherSince: first && before !== logKey ? first.at : null }
}

export function useVerifier() {
  const keys = shallowRef<ChosenKeys | null>(null)
  const keyFault = shallowRef<Fault | null>(null)
  const brought = shallowRef<Brought | null>(null)
  const sheet = shallowRef<Sheet | null>(parseSheet(location.hash))
  const outcome = shallowRef<Outcome | null>(null)

  async function chooseKeys(bytes: Bytes): Promise<void> {
    try {
      const text = fromUtf8(bytes) ?? refuse({ link: 'keys', why: 'unreadable' })
      keys.value = await readKeys(text, 'own')
      keyFault.value = null
      keepKeys(text)
    } catch (error) {
      keyFault.value = faultOf(error)
    }
  }

  /** Asked for by a press of a button only. */
  async function takePublished(): Promise<void> {
    if (oneFile) return
    try {
      keys.value = await readKeys(await ledgerKeys(), 'published')
      keyFault.value = null
    } catch {
      keyFault.value = { link: 'keys', why: 'unreachable' }
    }
  }

  /** The person compared the fingerprint: the keys are their own from now on. */
  function adoptKeys(): void {
    if (!keys.value) return
    keepKeys(keys.value.text)
    keys.value = { ...keys.value, from: 'own', otherSince: null }
  }

  function forgetKeys(): void {
    keys.value = null
    keepKeys(null)
  }

  watch([keys, brought, sheet], async ([chosen, file, printed]) => {
    const found = file && (await judge(file.bytes, chosen?.pinned ?? null, printed))
    if (file === brought.value && chosen === keys.value && printed === sheet.value) outcome.value = found
  })

  onMounted(async () => {
    if (!globalThis.crypto?.subtle) keyFault.value = { link: 'browser' }
    void prepare().catch(() => undefined)
    const stored = storedKeys()
    if (stored !== null) keys.value = await readKeys(stored, 'own').catch(() => null)
    const handed = takeHandedOver()
    if (handed?.keys && !keys.value) keys.value = await readKeys(handed.keys, 'published').catch(() => null)
    if (handed) brought.value = { name: handed.name, bytes: utf8(handed.text) }
  })

  return { keys, keyFault, brought, sheet, outcome, chooseKeys, takePublished, adoptKeys, forgetKeys }
}
