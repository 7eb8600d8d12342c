/** What a person has brought so far, and what follows from it. Everything happens in the browser. */
import { onMounted, shallowRef, watch } from 'vue'
import { fromUtf8, hex, utf8, type Bytes } from './core/bytes'
import { prepare } from './core/ed25519'
import { sha256 } from './core/hash'
import { faultOf, judge, type Outcome } from './core/judge'
import { parseKeyFile, type PinnedKeys } from './core/keyFile'
import { refuse, type Fault } from './core/refusal'
import { parseSheet, type Sheet } from './core/sheet'
import { takeHandedOver } from './handOver'
import { keepKeys, storedKeys } from './keyStore'

export interface ChosenKeys {
  pinned: PinnedKeys
  /** SHA-256 of the file, as other programs compute it. */
  fingerprint: string
}

export interface Brought {
  /** Of a file; a pasted text has none. */
  name: string
  bytes: Bytes
}

async function readKeys(text: string): Promise<ChosenKeys> {
  return { pinned: await parseKeyFile(text), fingerprint: hex(await sha256(utf8(text))) }
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
      keys.value = await readKeys(text)
      keyFault.value = null
      keepKeys(text)
    } catch (error) {
      keyFault.value = faultOf(error)
    }
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
    if (stored !== null) keys.value = await readKeys(stored).catch(() => null)
    const handed = takeHandedOver()
    if (handed) brought.value = { name: handed.name, bytes: utf8(handed.text) }
  })

  return { keys, keyFault, brought, sheet, outcome, chooseKeys, forgetKeys }
}
