/** The page as a person meets it: keys of their own, a receipt, the answer in words, in both languages. */
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sheetAddress } from '@/verify/core/sheet'
import { logFingerprint, parseKeyFile } from '@/verify/core/keyFile'
import { pinPublished } from '@/verify/keyStore'
import { parseReceipt, verifyReceipt } from '@/verify/core/receipt'
import { utf8 } from '@/verify/core/bytes'
import { chooseLanguage } from '@/verify/words'
import PaperSheet from '@/verify/PaperSheet.vue'
import VerifyPage from '@/verify/VerifyPage.vue'
import { keysText, receiptText } from './vectors'

let page: VueWrapper

const open = () => (page = mount(VerifyPage, { attachTo: document.body }))

/** A file chosen in the card with this heading. */
async function choose(card: 'keys-title' | 'receipt-title', text: string, name = 'file'): Promise<void> {
  const field = page.get<HTMLInputElement>(`section[aria-labelledby=${card}] input[type=file]`)
  Object.defineProperty(field.element, 'files', { value: [new File([text], name)], configurable: true })
  await field.trigger('change')
  await settled()
}

/** Work that the browser does on other threads: files being read, hashes and signatures. */
let working = 0

function counted(object: object, name: string): void {
  const work = Reflect.get(object, name) as (...given: unknown[]) => Promise<unknown>
  Reflect.set(object, name, function (this: unknown, ...given: unknown[]) {
    working += 1
    return work.apply(this, given).finally(() => (working -= 1))
  })
}

for (const name of ['digest', 'importKey', 'verify']) counted(crypto.subtle, name)
counted(Blob.prototype, 'arrayBuffer')

/** Until nothing is being worked on, and nothing new comes of it. */
async function settled(): Promise<void> {
  for (let quiet = 0; quiet < 5; quiet = working === 0 ? quiet + 1 : 0) {
    await flushPromises()
    await new Promise((resolve) => setTimeout(resolve, 0))
  }
}

const verdict = () => page.get('#verdict-title').text()

beforeEach(() => {
  location.hash = ''
  chooseLanguage('zh-CN')
  open()
})
afterEach(() => page.unmount())

describe('checking a receipt', () => {
  it('says what is proven and what is not', async () => {
    await choose('keys-title', keysText)
    expect(page.text()).toContain('county.example/ledger')
    expect(page.text()).toContain('2 家，至少 2 家签字才算数')
    await choose('receipt-title', receiptText, 'case.tlog-proof')
    expect(verdict()).toContain('回执可信')
    expect(document.activeElement?.id).toBe('verdict-title')
    for (const words of [
      '最迟在 2026-11-18 19:07:40（北京时间）', '第 258 条（共 300 条）', '案件办理', '已清理', '2026-11-20 17:30:00', '2026-11-18 19:06:40 court.example/witness',
      '没有出示的部分是什么、有多少', '文件是谁给您的', '所写的事是否属实',
    ]) expect(page.text()).toContain(words)
    expect(page.get('dl.said').text()).not.toMatch(/[a-z]/)
    chooseLanguage('en')
    await settled()
    expect(verdict()).toContain('The receipt holds')
    expect(page.text()).toContain('in the log by 2026-11-18 19:07:40 (Beijing time)')
    expect(page.text()).not.toMatch(/[\u4e00-\u9fff]{5}/)
  })

  it('names the broken link', async () => {
    await choose('keys-title', keysText)
    await choose('receipt-title', receiptText.replace('index 257', 'index 256'))
    expect(verdict()).toContain('回执不可信')
    expect(page.text()).toContain('内容、位置或证明被改动过')
    const links = page.findAll('.verdict li').map((link) => link.classes()[0])
    expect(links).toEqual(['good', 'bad', 'open', 'open'])
    expect(page.get('.verdict details').attributes('open')).toBeDefined()
    expect(page.text()).not.toContain('已证明')
  })

  it('waits for the keys, and claims nothing before', async () => {
    await choose('receipt-title', receiptText)
    expect(verdict()).toContain('还差公钥文件')
    expect(page.text()).not.toContain('2026-11-20')
    await choose('keys-title', keysText)
    expect(verdict()).toContain('回执可信')
  })

  it('takes pasted text, also without its last newline', async () => {
    await choose('keys-title', keysText)
    await page.get('textarea').setValue(`\n${receiptText.trimEnd()}  `)
    await page.get('form').trigger('submit')
    await settled()
    expect(verdict()).toContain('回执可信')
    expect(page.text()).toContain('粘贴的回执')
  })

  it('takes a dropped file, wherever it falls', async () => {
    await choose('keys-title', keysText)
    const drop = new Event('drop', { bubbles: true, cancelable: true })
    Object.assign(drop, { dataTransfer: { files: [new File([receiptText], 'dropped.tlog-proof')] } })
    window.dispatchEvent(drop)
    await settled()
    expect(drop.defaultPrevented).toBe(true)
    expect(verdict()).toContain('回执可信')
  })
})

describe('a receipt that the desk hands over', () => {
  it('is checked without being chosen, once', async () => {
    await choose('keys-title', keysText)
    page.unmount()
    sessionStorage.setItem('yizhi.verify.receipt', JSON.stringify({ name: 'step.tlog-proof', text: receiptText }))
    open()
    await settled()
    expect(verdict()).toContain('回执可信')
    expect(page.text()).toContain('step.tlog-proof')
    expect(sessionStorage.length).toBe(0)
  })
})

describe('keys', () => {
  it('are kept in the browser with their fingerprint, and forgotten on request', async () => {
    await choose('keys-title', keysText)
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(keysText)))
    const fingerprint = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
    expect(page.get('section[aria-labelledby=keys-title] code').text().replaceAll(' ', '')).toBe(fingerprint)
    page.unmount()
    open()
    await settled()
    await choose('receipt-title', receiptText)
    expect(verdict()).toContain('回执可信')
    await page.get('section[aria-labelledby=keys-title] button').trigger('click')
    await settled()
    expect(verdict()).toContain('还差公钥文件')
    expect(localStorage.getItem('yizhi.verify.keys')).toBeNull()
  })

  it('are refused in words, and those at hand stay', async () => {
    await choose('keys-title', keysText)
    await choose('keys-title', keysText.replace('court', 'curt'))
    expect(page.get('[role=alert]').text()).toContain('公钥文件第 2 行的校验数字不符')
    expect(localStorage.getItem('yizhi.verify.keys')).toBe(keysText)
  })

  it('that come with the receipt do not take the place of the person’s own', async () => {
    await choose('receipt-title', `# keys\n${keysText}`)
    expect(page.get('[role=alert]').text()).toContain('这是公钥文件，不是回执')
    expect(localStorage.getItem('yizhi.verify.keys')).toBeNull()
  })

  it('are never asked from a server', async () => {
    const asked = vi.fn()
    vi.stubGlobal('fetch', asked)
    vi.stubGlobal('XMLHttpRequest', asked)
    await choose('keys-title', keysText)
    await choose('receipt-title', receiptText)
    expect(verdict()).toContain('回执可信')
    expect(asked).not.toHaveBeenCalled()
    vi.unstubAllGlobals()
  })
})

/** A key file of another log, as a rewritten one would publish. */
const otherKeys = 'county.example/ledger+f91a9563+AO1JKMYo0cLG6ukDOJBZlWEpWSc6XGP5NjbBRhSshzfR\n'

describe('keys from the side that is checked', () => {
  const hand = (keys: string) => sessionStorage.setItem('yizhi.verify.receipt', JSON.stringify({ name: 'step.tlog-proof', text: receiptText, keys }))

  it('show consistency only, until the person has compared them', async () => {
    page.unmount()
    hand(keysText)
    open()
    await settled()
    expect(verdict()).toContain('前后一致；公钥还没有对照')
    expect(verdict()).not.toContain('可信')
    expect(page.get('.verdict').classes()).not.toContain('holds')
    expect(page.text()).toContain('不能证明没有另造一本账')
    expect(page.text()).toContain('公钥是不是真的')
    expect(localStorage.getItem('yizhi.verify.keys')).toBeNull()
    const adopt = page.findAll('section[aria-labelledby=keys-title] button').find((one) => one.text().includes('指纹已对照一致'))!
    await adopt.trigger('click')
    await settled()
    expect(verdict()).toContain('回执可信')
    expect(localStorage.getItem('yizhi.verify.keys')).toBe(keysText)
  })

  it('give way to the person’s own', async () => {
    await choose('keys-title', keysText)
    page.unmount()
    hand('another key file')
    open()
    await settled()
    expect(verdict()).toContain('回执可信')
  })

  it('are warned of when an earlier receipt was taken under another key', async () => {
    page.unmount()
    pinPublished(keysText.replace(/^.*ledger\+.*$/m, otherKeys.trim()), Date.parse('2026-11-20T10:00:00+08:00'))
    pinPublished(keysText)
    hand(keysText)
    open()
    await settled()
    expect(page.get('[role=alert]').text()).toContain('2026-11-20 10:00:00')
  })

  it('are fetched by a press of the button only, and a failure is said', async () => {
    const fetched = vi.fn(async () => new Response(keysText))
    vi.stubGlobal('fetch', fetched)
    await choose('receipt-title', receiptText)
    expect(fetched).not.toHaveBeenCalled()
    const take = page.findAll('section[aria-labelledby=keys-title] button').find((one) => one.text().includes('本网站公布的公钥'))!
    fetched.mockRejectedValueOnce(new TypeError('offline'))
    await take.trigger('click')
    await settled()
    expect(page.get('[role=alert]').text()).toContain('取不到公钥文件')
    await take.trigger('click')
    await settled()
    expect(verdict()).toContain('前后一致')
    vi.unstubAllGlobals()
  })
})

describe('a page that came over plain http', () => {
  it('says at once that it cannot check, and claims nothing', async () => {
    page.unmount()
    vi.stubGlobal('crypto', {})
    open()
    await settled()
    expect(page.get('[role=alert]').text()).toContain('不提供密码功能')
    await choose('receipt-title', receiptText)
    expect(verdict()).toContain('无法核对')
    vi.unstubAllGlobals()
  })
})

describe('a printed receipt', () => {
  it('holds fields, place and a code that leads back', async () => {
    const receipt = parseReceipt(utf8(receiptText))
    const proven = await verifyReceipt(receipt, await parseKeyFile(keysText))
    const checked = mount(PaperSheet, { props: { receipt, entry: proven.commitment, proven, page: 'https://county.example/verify' } })
    const bare = mount(PaperSheet, { props: { receipt, entry: proven.commitment, page: 'https://county.example/verify' } })
    await settled()
    for (const words of ['案件办理', '第 258 条（共 300 条）', 'https://county.example/verify', 'county.example/ledger']) {
      expect(checked.text()).toContain(words)
      expect(bare.text()).toContain(words)
    }
    expect(checked.text()).toContain('2026-11-18 19:07:40')
    expect(bare.text()).not.toContain('2026-11-18')
    const [size] = /\d+$/.exec(checked.get('svg').attributes('viewBox')!)!
    expect(Number(size)).toBeGreaterThan(40)
    expect(checked.get('path').attributes('d')).toMatch(/^M4 4h1v1h-1zM5 4h1v1h-1z/)
  })

  it('names the log’s key, which later keys are compared with', async () => {
    const pinned = await parseKeyFile(keysText)
    const proven = await verifyReceipt(parseReceipt(utf8(receiptText)), pinned)
    const logKey = await logFingerprint(pinned)
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(`${keysText.split('\n').find((line) => line.includes('ledger+'))}\n`)))
    expect(logKey).toBe([...digest].map((byte) => byte.toString(16).padStart(2, '0')).join(''))
    const paper = mount(PaperSheet, { props: { receipt: parseReceipt(utf8(receiptText)), entry: proven.commitment, logKey, page: 'https://county.example/verify' } })
    expect(paper.text().replaceAll(' ', '')).toContain(logKey)
    for (const [printed, said, fine] of [[logKey, '与回执纸上印的一致', true], ['0'.repeat(64), '指纹与回执纸上印的不同', false]] as const) {
      page.unmount()
      location.hash = sheetAddress('', { ...proven, logKey: printed })
      open()
      await choose('keys-title', keysText)
      await choose('receipt-title', receiptText)
      expect(verdict().includes('回执可信')).toBe(fine)
      expect(page.text()).toContain(said)
    }
  })

  it('is compared with the file', async () => {
    const proven = await verifyReceipt(parseReceipt(utf8(receiptText)), await parseKeyFile(keysText))
    page.unmount()
    location.hash = sheetAddress('', { ...proven, index: 3n })
    open()
    expect(page.text()).toContain('回执纸：账本的第 4 条')
    await choose('keys-title', keysText)
    await choose('receipt-title', receiptText)
    expect(verdict()).toContain('回执不可信')
    expect(page.text()).toContain('不是回执纸上二维码所写的那一条')
  })
})
