/** Checking a receipt as its holder does: without an account, without a network, with keys of their own; and with the checker as one file. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Page } from '@playwright/test'

import { zh } from '../../web/src/verify/locales/zh.ts'
import { expectNoSidewaysScrolling, expectNothingSerious } from '../harness/accessibility.ts'
import { phone } from '../harness/browser.ts'
import type { Desk } from '../harness/desk.ts'
import { expectOnlyWords } from '../harness/onlyWords.ts'
import { expect, test } from '../harness/test.ts'

const vectors = resolve(import.meta.dirname, '../../crates/ledger/tests/vectors/ours')
const keys = resolve(vectors, 'ledger.keys')
const receipt = resolve(vectors, 'case.tlog-proof')
const text = readFileSync(receipt, 'utf8')

const verdict = (page: Page) => page.locator('#verdict-title')

/** Lets a file fall on the page, as from a folder. */
async function drop(page: Page, content: string): Promise<void> {
  const files = await page.evaluateHandle((all) => {
    const transfer = new DataTransfer()
    transfer.items.add(new File([all], 'case.tlog-proof'))
    return transfer
  }, content)
  await page.dispatchEvent('body', 'drop', { dataTransfer: files })
}

async function open(desk: Desk, address = '/verify'): Promise<Page> {
  await desk.page.goto(address)
  await desk.page.waitForLoadState('networkidle')
  await desk.page.context().setOffline(true)
  return desk.page
}

async function checks(page: Page): Promise<void> {
  await page.getByLabel(zh.keysChoose).setInputFiles(keys)
  await drop(page, text)
  await expect(verdict(page)).toContainText(zh.holds)
  await expect(verdict(page)).toBeFocused()
  await expect(page.getByText(zh.byMoment('2026-11-18 19:07:40'))).toBeVisible()
  await expectOnlyWords(page, 'a receipt that holds')
  await drop(page, text.replace('index 257', 'index 256'))
  await expect(verdict(page)).toContainText(zh.refused)
  await expect(page.getByText(zh.why.place)).toBeVisible()
}

for (const { name, viewport } of [{ name: '1280 px', viewport: { width: 1280, height: 800 } }, { name: '375 px', viewport: phone }]) {
  test(`a receipt is checked with the network cut, at ${name}`, async ({ stranger }) => {
    const desk = await stranger({ viewport })
    const page = await open(desk)
    await expectNothingSerious(desk)
    await checks(page)
    await expectNothingSerious(desk)
    await page.getByLabel(zh.receiptChoose).setInputFiles(receipt)
    await expect(verdict(page)).toContainText(zh.holds)
    await page.locator('details').evaluateAll((all) => all.forEach((one) => one.setAttribute('open', '')))
    await expectNothingSerious(desk)
    await expectNoSidewaysScrolling(desk)
  })
}

test('a browser without Ed25519 checks it with the library that was loaded before', async ({ stranger }) => {
  const desk = await stranger()
  await desk.page.addInitScript(() => {
    crypto.subtle.importKey = () => Promise.reject(new DOMException('no Ed25519', 'NotSupportedError'))
  })
  await checks(await open(desk))
})

test('the keys are remembered, and chosen by keyboard', async ({ stranger }) => {
  const desk = await stranger()
  await desk.page.goto('/verify')
  await desk.page.getByLabel(zh.keysChoose).focus()
  const choosing = desk.page.waitForEvent('filechooser')
  await desk.page.keyboard.press('Enter')
  await (await choosing).setFiles(keys)
  await expect(desk.page.getByText('county.example/ledger')).toBeVisible()
  await desk.page.reload()
  await expect(desk.page.getByText('county.example/ledger')).toBeVisible()
})

test('the checker as one file is what its fingerprint says, and works from a disk', async ({ stranger }, testInfo) => {
  const desk = await stranger()
  await desk.page.goto('/verify')
  await desk.page.getByText(zh.own).click()
  const coming = desk.page.waitForEvent('download')
  await desk.page.getByRole('link', { name: zh.ownDownload }).click()
  const path = testInfo.outputPath('verify.html')
  await (await coming).saveAs(path)
  const fingerprint = createHash('sha256').update(readFileSync(path)).digest('hex')
  expect(await (await desk.ask('/verify.html.sha256')).text()).toBe(`${fingerprint}  verify.html\n`)
  await expect(desk.page.locator('details', { hasText: zh.own }).locator('code').first()).toHaveText(fingerprint.match(/.{4}/g)!.join(' '))

  const asked: string[] = []
  desk.page.on('request', (request) => asked.push(request.url()))
  await checks(await open(desk, pathToFileURL(path).href))
  expect(asked.filter((address) => !address.startsWith('file:') && !address.startsWith('data:'))).toEqual([])
})
