// @vitest-environment node
/** The readers are as strict as those of the Rust crate: its seeds are read as their names say, its lists of wrong texts are refused. */
import { describe, expect, it } from 'vitest'
import { utf8 } from '@/verify/core/bytes'
import { parseCheckpoint, readText } from '@/verify/core/checkpoint'
import { keyFileText, parseKeyFile } from '@/verify/core/keyFile'
import { parseNote, parseSignatures } from '@/verify/core/note'
import { parseProofFile } from '@/verify/core/proofFile'
import { parseReceipt } from '@/verify/core/receipt'
import { keyText, parseKey } from '@/verify/core/vkey'
import { faultOf, keysText, receiptText, seeds, tampered } from './vectors'

const accepts = (run: () => unknown) => faultOf(run).then((fault) => fault === null)

const readers: Record<string, (text: string) => Promise<boolean>> = {
  note: (text) => accepts(() => parseNote(utf8(text))),
  signatures: async (text) => parseSignatures(text) !== null,
  checkpoint: async (text) => readText(text) !== null || accepts(() => parseCheckpoint(utf8(text))),
  verifier_key: async (text) => typeof (await parseKey(text)) !== 'string',
  key_file: (text) => accepts(() => parseKeyFile(text)),
  proof_file: (text) => accepts(() => parseProofFile(utf8(text))),
  receipt: (text) => accepts(() => parseReceipt(utf8(text))),
}

describe.each(Object.entries(readers))('%s', (target, read) => {
  it.each(seeds(target))('%s', async (name, text) => expect(await read(text)).toBe(name.startsWith('accept-')))

  it('has seeds of both kinds', () => expect(new Set(seeds(target).map(([name]) => name.split('-')[0])).size).toBe(2))
})

const checkpointText = receiptText.slice(receiptText.indexOf('\n\n') + 2)
const signatures = checkpointText.slice(checkpointText.indexOf('\n\n') + 2)
const line = `${signatures.split('\n')[0]}\n`

describe('notes', () => {
  const wrong: [string, string][] = [
    ['nothing', ''], ['a newline', '\n'], ['no signatures', 'text\n\n'], ['no empty line', `text\n${line}`],
    ['no last newline', `text\n\n${line.trimEnd()}`], ['one newline more', `text\n\n${line}\n`], ['a line more', `text\n\n${line}more\n`],
    ['a hyphen', `text\n\n${line.replace('— ', '- ')}`], ['two spaces', `text\n\n${line.replace('ledger ', 'ledger  ')}`],
    ['a plus', `text\n\n${line.replace('/ledger', '+ledger')}`], ['a wide space', `text\n\n${line.replace('county', 'cou\u3000ty')}`],
    ['next line', `text\n\n${line.replace('county', 'cou\u0085ty')}`], ['no padding', `text\n\n${line.replaceAll('=', '')}`],
    ['a tab', `te\txt\n\n${line}`], ['a return', `te\rxt\n\n${line}`], ['a zero', `te\0xt\n\n${line}`],
    ['an id alone', 'text\n\n— example.com/foo AAAAAA==\n'], ['65 signatures', `text\n\n${line.repeat(65)}`],
    ['more than 1 MiB', `${'a'.repeat(1 << 20)}\n\n${line}`],
  ]
  it.each(wrong)('are not %s', async (_name, text) => expect((await faultOf(() => parseNote(utf8(text))))?.link).toBe('file'))

  it('may hold empty lines and a no-break mark in names', () => {
    expect(parseNote(utf8(`text\n\nmore\n\n${line.repeat(16)}`))).toMatchObject({ text: 'text\n\nmore\n' })
    expect(parseNote(utf8(`text\n\n${line.replace('county', 'cou\ufeffty')}`)).signatures).toHaveLength(1)
  })
})

describe('checkpoints', () => {
  const root = checkpointText.split('\n')[2]!
  it.each([
    `a\n15\n${root}`, `\n15\n${root}\n`, `a\n015\n${root}\n`, `a\n-1\n${root}\n`, `a\n\n${root}\n`, 'a\n15\n\n', 'a\n15\nBwcH\n',
    `a\n15\n${root}\n\n`, `a\n15\n${root}\n\nmore\n`, `a\n18446744073709551616\n${root}\n`, 'a\n15\n', '',
  ])('are not %j', (text) => expect(readText(text)).toBeNull())

  it('may have further lines', () => expect(readText(`a\n18446744073709551615\n${root}\none\ntwo\n`)?.head.size).toBe(2n ** 64n - 1n))
})

describe('keys', () => {
  const vkey = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'

  it('are written back as they were', async () => {
    const key = await parseKey(vkey)
    expect(typeof key === 'string' ? key : keyText(key)).toBe(vkey)
  })

  it('are refused with any byte changed', async () => {
    for (const changed of tampered(vkey)) {
      const text = new TextDecoder().decode(changed)
      expect(typeof (await parseKey(text)), text).toBe('string')
    }
    expect(await parseKey(vkey.replace('530d', '530D'))).toBe('id')
    expect(await parseKey(vkey.replace('AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k', 'AgIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'))).toBe('algorithm')
  })
})

describe('key files', () => {
  const all = keysText.split('\n').slice(0, 3)

  it('are read with comments, spaces and other line ends', async () => {
    const byHand = `# county\r\n\r\n  ${keysText.replaceAll('\n', ' \r\n')}`
    expect(keyFileText(await parseKeyFile(byHand))).toBe(keysText)
  })

  it('may name a log alone', async () => expect(await parseKeyFile(all[0]!)).toMatchObject({ witnesses: [], quorum: 0 }))

  it.each([
    ['nothing', '', 'log'],
    ['no quorum', all.join('\n'), 'quorum'],
    ['a quorum of none', `${all.join('\n')}\nquorum 0`, 'quorum'],
    ['a quorum of too many', `${all.join('\n')}\nquorum 3`, 'quorum'],
    ['a quorum of far too many', `${all.join('\n')}\nquorum 18446744073709551616`, 'quorum'],
    ['a quorum with a zero before it', `${all.join('\n')}\nquorum 01`, 'quorum'],
    ['a quorum without witnesses', `${all[0]}\nquorum 1`, 'quorum'],
    ['two quorums', `${keysText}quorum 1`, 'quorum'],
    ['a quorum before the keys', `quorum 1\n${keysText}`, 'quorum'],
    ['no log', `${all[1]}\n${all[2]}\nquorum 1`, 'log'],
    ['a witness twice', `${all[0]}\n${all[1]}\n${all[1]}\nquorum 1`, 'twice'],
    ['two logs', `${all[0]}\n${all[0]}\nquorum 1`, 'witness'],
    ['a name mistyped', keysText.replace('court', 'curt'), 'id'],
    ['a byte order mark', `\ufeff${keysText}`, 'id'],
  ])('are refused with %s', async (_name, text, why) => expect(await faultOf(() => parseKeyFile(text))).toMatchObject({ link: 'keys', why }))
})

describe('proof files', () => {
  it.each([
    ['another version', receiptText.replace('@v1', '@v2'), 'version'],
    ['an empty extra', receiptText.replace(/extra .*/, 'extra '), 'extra'],
    ['no padding', receiptText.replace(/(extra .*?)=+\n/, '$1\n'), 'extra'],
    ['extra in capitals', receiptText.replace('extra', 'Extra'), 'index'],
    ['a leading zero', receiptText.replace('index 257', 'index 0257'), 'index'],
    ['no index', receiptText.replace('index 257\n', ''), 'index'],
    ['a space', receiptText.replace('index 257', 'index 257 '), 'index'],
    ['returns', receiptText.replace('\n', '\r\n'), 'version'],
    ['one newline more', `${receiptText}\n`, 'signatures'],
    ['a newline first', `\n${receiptText}`, 'version'],
    ['too long a proof', receiptText.replace('\n\n', `\n${`${btoa('\0'.repeat(32))}\n`.repeat(64)}\n`), 'proof'],
    ['an end', receiptText.slice(0, receiptText.indexOf('\n\n') + 1), 'proof'],
  ])('are refused with %s', async (_name, text, why) => {
    expect(text).not.toBe(receiptText)
    expect(await faultOf(() => parseReceipt(utf8(text)))).toEqual({ link: 'file', why })
  })
})
