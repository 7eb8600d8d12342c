// @vitest-environment node
/** A receipt of the ledger's vectors: what it proves, that nothing in it can be changed, and that every broken link is named. */
import { beforeAll, describe, expect, it } from 'vitest'
import { fromBase64, toBase64, utf8, type Bytes } from '@/verify/core/bytes'
import { existedBy } from '@/verify/core/evidence'
import { judge } from '@/verify/core/judge'
import { parseKeyFile, type PinnedKeys } from '@/verify/core/keyFile'
import { isShown, readParts, writeParts } from '@/verify/core/parts'
import { parseReceipt, verifyReceipt } from '@/verify/core/receipt'
import { parseSheet, sheetAddress } from '@/verify/core/sheet'
import { signer, type Signer } from './signing'
import { faultOf, keysText, receiptText, tampered } from './vectors'

const times = [1_795_000_000n, 1_795_000_060n]
const receipt = utf8(receiptText)
const extra = parseReceipt(receipt).extra!
const unsigned = receiptText.slice(0, receiptText.lastIndexOf('\n\n') + 2)
const noteText = unsigned.slice(unsigned.indexOf('\n\n') + 2, -1)

let keys: PinnedKeys
let log: Signer
let court: Signer
let school: Signer
beforeAll(async () => {
  keys = await parseKeyFile(keysText)
  log = await signer('county.example/ledger', 1, 1)
  court = await signer('court.example/witness', 4, 2)
  school = await signer('school.example/witness', 4, 3)
})

const quorum = (needed: number) => ({ ...keys, quorum: needed })
const verify = (text: string | Bytes, pinned = keys) => verifyReceipt(parseReceipt(typeof text === 'string' ? utf8(text) : text), pinned)
const fault = (text: string | Bytes, pinned = keys) => faultOf(() => verify(text, pinned))
const withExtra = (json: string) => receiptText.replace(/extra .*/, `extra ${toBase64(utf8(json))}`)

describe('a receipt', () => {
  it('proves place, time and fields', async () => {
    const { index, evidence } = await verify(receiptText)
    expect([index, evidence.size, evidence.origin]).toEqual([257n, 300n, 'county.example/ledger'])
    expect(evidence.cosigned.map(({ time }) => time)).toEqual(times)
    expect(existedBy(evidence)).toBe(times[1])
    expect(existedBy((await verify(receiptText, quorum(1))).evidence)).toBe(times[0])
    const parts = parseReceipt(receipt).parts
    expect(parts.map((part) => (isShown(part) ? [part.name, part.value] : null))).toEqual([
      ['kind', '"case.step"'], null, ['fields/at', '"2026-11-20T09:30:00.000000Z"'], null, ['fields/result', '{"zh":"已清理\\n“后门”"}'],
    ])
    expect(utf8(writeParts(parts))).toEqual(extra)
  })

  it('proves no time without witnesses', async () => {
    const alone = await parseKeyFile(log.vkey)
    expect(existedBy((await verify(receiptText, alone)).evidence)).toBeNull()
  })

  it('is refused with any byte changed, left out or doubled', { timeout: 120_000 }, async () => {
    let tried = 0
    for (const changed of tampered(receiptText)) {
      tried += 1
      if ((await fault(changed)) === null) expect.fail(new TextDecoder().decode(changed))
    }
    expect(tried).toBe(receipt.length * 3)
  })

  it('is refused when cut off anywhere', async () => {
    for (let end = 0; end < receipt.length; end += 1) expect(await fault(receipt.slice(0, end)), String(end)).not.toBeNull()
  })
})

describe('the broken link is named', () => {
  it('of place and fields', async () => {
    expect(await fault(receiptText.replace('index 257', 'index 256'))).toEqual({ link: 'place', why: 'root' })
    expect(await fault(receiptText.replace('index 257', 'index 300'))).toEqual({ link: 'place', why: 'range' })
    const [sibling] = /\nindex 257\n(.*\n)/.exec(receiptText)!.slice(1)
    expect(await fault(receiptText.replace(sibling!, ''))).toEqual({ link: 'place', why: 'length' })
    expect(await fault(receiptText.replace(sibling!, sibling! + sibling!))).toMatchObject({ link: 'place' })
    const other = new TextDecoder().decode(extra).replace('case.step', 'case.stop')
    expect(await fault(withExtra(other))).toEqual({ link: 'place', why: 'root' })
  })

  it('of log and witnesses', async () => {
    const with_ = async (...signers: [Signer, bigint?][]) => unsigned + (await Promise.all(signers.map(([one, time]) => one.line(noteText, time)))).join('')
    expect(await fault(await with_([log], [court, times[0]], [school, times[1]]))).toBeNull()
    expect(await with_([log], [court, times[0]], [school, times[1]])).toBe(receiptText)
    expect(await fault(await with_([court, times[0]], [school, times[1]]))).toMatchObject({ link: 'log', why: 'unsigned' })
    expect(await fault(await with_([log], [court]))).toEqual({ link: 'witnesses', why: 'quorum', found: 1, needed: 2 })
    const twice = await with_([log], [court, times[1]], [court, times[0]])
    expect(await fault(twice)).toEqual({ link: 'witnesses', why: 'quorum', found: 1, needed: 2 })
    expect(existedBy((await verify(twice, quorum(1))).evidence)).toBe(times[0])
    const stranger = await signer('school.example/witness', 4, 9)
    expect(await fault(await with_([log], [court], [stranger]))).toEqual({ link: 'witnesses', why: 'quorum', found: 1, needed: 2 })
    expect(await fault(await with_([log], [court, 2n ** 63n], [school]))).toMatchObject({ link: 'witnesses', why: 'signature', name: 'court.example/witness' })
    const forged = (await with_([log], [court])) + (await school.line(`${noteText}more\n`, 1n))
    expect(await fault(forged, quorum(1))).toMatchObject({ link: 'witnesses', why: 'signature', name: 'school.example/witness' })
    const bad = unsigned + (await log.line(`${noteText}more\n`)) + (await court.line(noteText)) + (await school.line(noteText))
    expect(await fault(bad)).toEqual({ link: 'log', why: 'signature', name: 'county.example/ledger' })
    const other = await parseKeyFile((await signer('town.example/ledger', 1, 1)).vkey)
    expect(await fault(receiptText, other)).toEqual({ link: 'log', why: 'origin', found: 'county.example/ledger', pinned: 'town.example/ledger' })
    const replaced = await parseKeyFile((await signer('county.example/ledger', 1, 9)).vkey)
    expect(await fault(receiptText, replaced)).toMatchObject({ link: 'log', why: 'unsigned' })
  })
})

describe('the extra line', () => {
  const json = new TextDecoder().decode(extra)
  const salt = toBase64(new Uint8Array(32))
  const shown = (name: string, value = '1') => ({ name, value, salt })
  const of = (...fields: object[]) => JSON.stringify({ v: 1, fields })

  it.each([
    ['another version', json.replace('"v":1', '"v":2')], ['a space', json.replace('"v":1', '"v": 1')], ['no version', json.replace('"v":1,', '')],
    ['a float', json.replace('"v":1', '"v":1.0')], ['a member more', json.replace('"v":1', '"v":1,"w":1')],
    ['a name on a digest', json.replace('{"digest"', '{"name":"subject","digest"')], ['an escape', json.replace('kind', 'k\\u0069nd')],
    ['a capital', json.replace('"name"', '"Name"')], ['a space behind', `${json} `], ['no fields', of()], ['a list', '[]'], ['nothing', 'null'], ['words', 'words'],
    ['a null', of({ digest: salt }, null as unknown as object)], ['one leaf', of({ digest: salt })], ['a short digest', of({ digest: 'AA==' }, { digest: salt })],
    ['kind in second place', of({ digest: salt }, shown('kind'))], ['a field in first place', of(shown('fields/a'), shown('subject'))],
    ['fields out of order', of(shown('kind'), shown('subject'), shown('fields/b'), shown('fields/a'))],
    ['a field twice', of(shown('kind'), shown('subject'), shown('fields/a'), shown('fields/a'))],
    ['another name', of(shown('kind'), shown('subject'), shown('other'))],
    ['the order of code points', of(shown('kind'), shown('subject'), shown('fields/\uff01'), shown('fields/😀'))],
    ['a value that is not JSON', of(shown('kind', 'one'), shown('subject'))], ['an empty value', of(shown('kind', ''), shown('subject'))],
    ['half a surrogate pair', of(shown('kind', '"\ud800"'), shown('subject'))],
  ])('is refused with %s', async (_name, text) => {
    expect(text).not.toBe(json)
    expect(readParts(utf8(text))).toBeNull()
    expect(await fault(withExtra(text))).toEqual({ link: 'file', why: 'fields' })
  })

  it('is needed', async () => expect(await fault(receiptText.replace(/extra .*\n/, ''))).toEqual({ link: 'file', why: 'noFields' }))

  it('goes by the order of UTF-16 code units', () => {
    expect(readParts(utf8(of(shown('kind'), shown('subject'), shown('fields/😀'), shown('fields/\uff01'))))).toHaveLength(4)
    expect(fromBase64(salt)).toHaveLength(32)
  })
})

describe('the answer', () => {
  it('waits for keys, but not to say that a file is no receipt', async () => {
    expect(await judge(receipt, null, null)).toEqual({ state: 'keysMissing' })
    expect(await judge(utf8('words'), null, null)).toEqual({ state: 'refused', fault: { link: 'file', why: 'version' } })
  })

  it('compares with the printed sheet', async () => {
    const proven = await verify(receiptText)
    const address = sheetAddress('https://county.example/verify', proven)
    const sheet = parseSheet(address)!
    expect(await judge(receipt, keys, sheet)).toMatchObject({ state: 'holds' })
    expect(await judge(receipt, keys, { ...sheet, index: 256n })).toEqual({ state: 'refused', fault: { link: 'sheet', why: 'other' } })
    const other = parseSheet(address.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')))
    expect(await judge(receipt, keys, other)).toEqual({ state: 'refused', fault: { link: 'sheet', why: 'other' } })
    for (const wrong of ['', '#', '#257', '#0257.' + '0'.repeat(64), '#257.' + '0'.repeat(63), '#257.' + 'A'.repeat(64), 'https://a.example/']) {
      expect(parseSheet(wrong), wrong).toBeNull()
    }
  })
})
