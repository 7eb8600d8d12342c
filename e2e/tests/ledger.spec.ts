/** The ledger as people at the desk see it, and a receipt on its way from a case's timeline to the check. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Page } from '@playwright/test'

import { zh } from '../../web/src/verify/locales/zh.ts'
import { expectNoSidewaysScrolling, expectNothingSerious } from '../harness/accessibility.ts'
import { accounts } from '../harness/accounts.ts'
import { ownConnection } from '../harness/api.ts'
import { phone } from '../harness/browser.ts'
import { Desk } from '../harness/desk.ts'
import { fumes } from '../harness/mainJob.ts'
import { expectOnlyWords } from '../harness/onlyWords.ts'
import { startPlatform, type Platform } from '../harness/platform.ts'
import { expect, home, test } from '../harness/test.ts'
import { word } from '../harness/words.ts'

const widths = [{ name: '1280 px', viewport: { width: 1280, height: 800 } }, { name: '375 px', viewport: phone }]

/** Entries of the ledger, as the page writes them. */
async function entries({ page }: Desk): Promise<number> {
  const fact = page.getByRole('region', { name: word('ledger.facts') }).locator('dd').nth(1)
  return Number((await fact.textContent())?.replaceAll(',', ''))
}

/** Opens what belongs to the first step by keyboard. */
async function openProof({ page }: Desk): Promise<void> {
  const toggle = page.getByRole('button', { name: word('proof.receipt') }).first()
  await toggle.focus()
  await page.keyboard.press('Enter')
  await expect(page.getByText(word('proof.says'))).toBeVisible()
}

async function press(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name, exact: true }).focus()
  await page.keyboard.press('Enter')
}

test('the page grows with the ledger while it is looked at', async ({ apiAs, signInAs }) => {
  const desk = await signInAs('leader')
  await desk.open('/ledger')
  const before = await entries(desk)
  const citizen = await apiAs('citizen')
  await citizen.report(fumes, '账本增长', await citizen.place(home, 9))
  await expect.poll(() => entries(desk), { timeout: 60_000 }).toBeGreaterThan(before)
  await expect(desk.page.getByRole('listitem').filter({ hasText: word('ledger.flow.published') }).first()).toHaveClass(/done/, { timeout: 60_000 })
})

test('it leads to everything that is needed to check us', async ({ signInAs }) => {
  const desk = await signInAs('security_officer')
  await desk.open('/ledger')
  const published = await (await desk.ask('/verify.html.sha256')).text()
  await expect(desk.page.getByText(published.slice(0, 64).match(/.{4}/g)!.join(' '))).toBeVisible()
  for (const link of ['ledger.check.keysLink', 'ledger.check.page', 'ledger.check.file', 'ledger.check.checkpoint']) {
    const address = await desk.page.getByRole('link', { name: word(link) }).getAttribute('href')
    expect((await desk.ask(address!)).status(), link).toBe(200)
  }
})

for (const { name, viewport } of widths) {
  test(`a receipt from the timeline is kept, checked and printed, at ${name}`, async ({ apiAs, signInAs }, testInfo) => {
    const citizen = await apiAs('citizen')
    const body = await citizen.report(fumes, '存证回执', await citizen.place(home, 10))
    const desk = await signInAs('grid_worker', body.region.code, { viewport })
    const { page } = desk
    await desk.open(`/cases/${body.id}`)
    // The step is in the ledger within a second, and the page notices by itself.
    await expect(page.getByRole('button', { name: word('proof.receipt') })).toBeVisible({ timeout: 60_000 })
    await openProof(desk)
    await expectNothingSerious(desk)
    await expectNoSidewaysScrolling(desk)

    const coming = page.waitForEvent('download')
    await press(page, word('receipt.save'))
    const saved = testInfo.outputPath('receipt.tlog-proof')
    await (await coming).saveAs(saved)
    const named = (await coming).suggestedFilename()
    expect(readFileSync(saved, 'utf8')).toMatch(/^c2sp\.org\/tlog-proof@v1\n/)

    const opening = page.context().waitForEvent('page')
    await press(page, word('receipt.check'))
    const check = await opening
    // The key is at hand; what that proves is said until the person has compared its fingerprint.
    await expect(check.locator('#verdict-title')).toContainText(zh.consistent)
    await expect(check.getByText(zh.publishedProves)).toBeVisible()
    const logKey = (await check.locator('.log-key').textContent()) ?? ''
    const keys = await (await check.request.get('/ledger/vkeys', { headers: ownConnection })).text()
    expect(logKey.replaceAll(' ', '')).toBe(createHash('sha256').update(`${keys.split('\n')[0]}\n`).digest('hex'))
    const place = /第 (\d+) 条/.exec((await check.locator('.verdict').textContent()) ?? '')?.[1]
    expect(await page.getByRole('button', { name: word('proof.receipt') }).first().textContent()).toContain(word('proof.place', { n: place ?? '' }))
    expect(named).toContain(`-${place}.tlog-proof`)
    await expectNoSidewaysScrolling(new Desk(check))
    await check.getByRole('button', { name: zh.publishedAdopt }).click()
    await expect(check.locator('#verdict-title')).toContainText(zh.holds)
    await expect(check.getByText(zh.kinds['case.step']!).first()).toBeVisible()
    await expectOnlyWords(check, 'the receipt of a step')
    await check.close()

    await page.evaluate(() => (window.print = () => undefined))
    await press(page, word('receipt.print'))
    await page.emulateMedia({ media: 'print' })
    await expect(page.getByRole('img', { name: zh.paperCode })).toBeVisible()
    await expect(page.getByRole('heading', { name: zh.paper, level: 1 })).toBeVisible()
    await expect(page.getByText(logKey), 'the sheet names the log’s key').toBeVisible()
    await expect(page.getByText(word('case.timeline'), { exact: true })).toBeHidden()
  })
}

test.describe('evidence that is overdue', () => {
  /** Nobody listens there: this witness never signs. */
  const witness = 'court.example/witness+4d1f1654+BIE5dw6ofRdfVqNUZsNMfszLjYqRtO43ol32D1uPybOU http://127.0.0.1:9'
  let platform: Platform

  test.beforeAll(async () => {
    test.setTimeout(240_000)
    platform = await startPlatform({ YIZHI_WITNESSES: witness, YIZHI_EVIDENCE_OVERDUE: '1', YIZHI_GATE_RESTRICTED_READS: 'true' }, '60')
  })
  test.afterAll(() => platform.stop())

  /** Somebody with this role, at a desk of that platform. */
  async function enter(desk: Desk, role: string): Promise<void> {
    const person = accounts(platform.data).find((one) => one.posts[0]?.role === role)
    const data = { account: person?.account, password: person?.password }
    expect((await desk.page.request.post('/api/v1/session', { data, headers: ownConnection })).ok()).toBe(true)
  }

  for (const { name, viewport } of widths) {
    test(`is told with what to do, at ${name}`, async ({ stranger }) => {
      const desk = await stranger({ baseURL: platform.url, viewport })
      await enter(desk, 'auditor')
      await desk.open('/ledger')
      const told = desk.page.getByRole('alert').filter({ hasText: word('ledger.overdue.title') })
      await expect(told).toBeVisible({ timeout: 60_000 })
      await expect(told).toContainText(word('ledger.overdue.gates'))
      await expect(told).toContainText(word('ledger.overdue.todo'))
      await expect(desk.page.getByRole('listitem').filter({ hasText: word('ledger.flow.witnessed') }).first()).toHaveClass(/stuck/)
      await expectNothingSerious(desk)
      await expectNoSidewaysScrolling(desk)
    })
  }

  test('holds exports back, in words', async ({ stranger }) => {
    const desk = await stranger({ baseURL: platform.url })
    await enter(desk, 'operator')
    await desk.open('/cases')
    await press(desk.page, word('look.export'))
    await desk.page.getByRole('radio').first().check()
    await press(desk.page, word('look.exportDo'))
    const form = desk.page.getByRole('form', { name: word('look.exportTitle') })
    await expect(form.getByRole('alert')).toBeVisible()
    await expect(form.getByRole('link', { name: word('look.seeLedger') })).toBeVisible()
  })
})
