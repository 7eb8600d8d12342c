/** The keys a person trusts: the log's, its witnesses', and how many of these must have signed; one a line. */
import { decimal, equal, hex, utf8 } from './bytes'
import { sha256 } from './hash'
import { refuse } from './refusal'
import { keyText, parseKey, type VerifierKey } from './vkey'

export interface PinnedKeys {
  log: VerifierKey
  witnesses: VerifierKey[]
  /** How many of the witnesses must have signed; 0 without witnesses. */
  quorum: number
}

/** Empty lines and those that start with `#` are passed over, and so are spaces around a line: people edit these files. */
export async function parseKeyFile(text: string): Promise<PinnedKeys> {
  const keys: VerifierKey[] = []
  let quorum: bigint | null = null
  for (const [at, raw] of text.split('\n').entries()) {
    const line = raw.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, '')
    if (line === '' || line.startsWith('#')) continue
    if (quorum !== null) refuse({ link: 'keys', why: 'quorum' })
    if (line.startsWith('quorum ')) {
      quorum = decimal(line.slice('quorum '.length)) ?? refuse({ link: 'keys', why: 'quorum' })
    } else {
      const key = await parseKey(line)
      keys.push(typeof key === 'string' ? refuse({ link: 'keys', why: key, line: at + 1 }) : key)
    }
  }
  const [log, ...witnesses] = keys
  if (log?.algorithm !== 1) return refuse({ link: 'keys', why: 'log' })
  return pin(log, witnesses, quorum ?? 0n)
}

function pin(log: VerifierKey, witnesses: VerifierKey[], quorum: bigint): PinnedKeys {
  for (const [place, witness] of witnesses.entries()) {
    if (witness.algorithm !== 4) refuse({ link: 'keys', why: 'witness', name: witness.name })
    const same = (other: VerifierKey) => other.name === witness.name || equal(other.key, witness.key)
    if ([log, ...witnesses.slice(0, place)].some(same)) refuse({ link: 'keys', why: 'twice', name: witness.name })
  }
  const fits = witnesses.length === 0 ? quorum === 0n : quorum >= 1n && quorum <= BigInt(witnesses.length)
  return fits ? { log, witnesses, quorum: Number(quorum) } : refuse({ link: 'keys', why: 'quorum' })
}

/**
 * SHA-256 of the log's key as a line of a key file, with its line feed: `head -n 1 ledger.keys | sha256sum`. It stays when
 * witnesses come and go.
 */
export const logFingerprint = async ({ log }: PinnedKeys): Promise<string> => hex(await sha256(utf8(`${keyText(log)}\n`)))

/** The file without comments. */
export function keyFileText({ log, witnesses, quorum }: PinnedKeys): string {
  const end = witnesses.length > 0 ? [`quorum ${quorum}`] : []
  return [log, ...witnesses].map(keyText).concat(end, '').join('\n')
}
