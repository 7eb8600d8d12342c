/** A look at what is masked: for a purpose, told beforehand, and seen by the auditor. All by keyboard. */
import { readFileSync } from 'node:fs'

import { expectNoSidewaysScrolling, expectNothingSerious } from '../harness/accessibility.ts'
import { phone } from '../harness/browser.ts'
import type { Desk } from '../harness/desk.ts'
import { fumes } from '../harness/mainJob.ts'
import { personFor } from '../harness/accounts.ts'
import { expect, home, test } from '../harness/test.ts'
import { word } from '../harness/words.ts'

const widths = [{ name: '1280 px', viewport: { width: 1280, height: 800 } }, { name: '375 px', viewport: phone }]
const contact = { name: '林晓岚', phone: '13800138642' }
const purpose = '联系反映人核实情况、反馈结果'

async function press(desk: Desk, name: string): Promise<void> {
  await desk.page.getByRole('button', { name, exact: true }).focus()
  await desk.page.keyboard.press('Enter')
}

async function save(desk: Desk, path: string, name: string): Promise<string> {
  const coming = desk.page.waitForEvent('download')
  await press(desk, name)
  await (await coming).saveAs(path)
  return readFileSync(path, 'utf8')
}

for (const { name, viewport } of widths) {
  test(`a reporter’s phone is shown for a purpose, and the auditor knows, at ${name}`, async ({ apiAs, deskOf, signInAs }, testInfo) => {
    const operator = personFor('operator', home)
    const api = await apiAs('operator')
    const body = await api.reportOf(contact, fumes, `来电反映 ${name}`, await api.place(home, 11))
    const desk = await deskOf(operator, 'operator', { viewport })
    const { page } = desk
    await desk.open(`/cases/${body.id}`)
    await expect(page.getByText(contact.phone)).toHaveCount(0)
    await press(desk, word('look.unmask'))
    const form = page.getByRole('form', { name: word('look.unmaskTitle') })
    await expect(form.getByText(word('look.told'))).toBeVisible()
    await expect(form.getByRole('radio').first()).toBeFocused()
    await expectNothingSerious(desk)
    await expectNoSidewaysScrolling(desk)
    await page.keyboard.press('Enter')
    await expect(form.getByRole('alert')).toHaveText(word('look.chooseWhy'))
    await form.getByRole('radio', { name: purpose }).focus()
    await page.keyboard.press('Space')
    await page.keyboard.press('Enter')
    await expect(page.getByText(contact.phone)).toBeVisible()
    await expect(page.getByText(contact.name)).toBeVisible()
    await expectNothingSerious(desk)
    await press(desk, word('look.hide'))
    await expect(page.getByText(contact.phone)).toHaveCount(0)

    const auditor = await signInAs('auditor', home, { viewport })
    await auditor.open('/looks')
    await auditor.page.getByLabel(word('looks.case')).fill(body.number)
    await auditor.page.keyboard.press('Enter')
    await expect(auditor.page).toHaveURL(new RegExp(`case=${body.number}`))
    const rows = auditor.page.locator('tbody tr')
    await expect(rows).toHaveCount(1)
    for (const words of [word('looks.kinds.unmask'), purpose, operator.name, body.number, word('looks.field.reporter_phone')]) await expect(rows.first()).toContainText(words)
    await expect(auditor.page.getByText(contact.phone)).toHaveCount(0)
    await rows.first().getByRole('button').focus()
    await auditor.page.keyboard.press('Enter')
    await expect(auditor.page.getByText(word('looks.says'))).toBeVisible()
    await expectNothingSerious(auditor)
    await expectNoSidewaysScrolling(auditor)
    // A look is in the ledger within a second.
    await expect(async () => {
      expect((await auditor.ask('/ledger/checkpoint')).ok()).toBe(true)
      expect(await save(auditor, testInfo.outputPath('look.tlog-proof'), word('receipt.save'))).toMatch(/^c2sp\.org\/tlog-proof@v1\n/)
    }).toPass({ timeout: 60_000 })
    expect(await save(auditor, testInfo.outputPath('looks.csv'), word('looks.export'))).toContain(body.number)
  })
}

test('an export of cases names its purpose, and is seen by the auditor', async ({ signInAs }, testInfo) => {
  const desk = await signInAs('operator')
  await desk.open('/cases?state=closed')
  await press(desk, word('look.export'))
  const form = desk.page.getByRole('form', { name: word('look.exportTitle') })
  await form.getByRole('radio').first().focus()
  await desk.page.keyboard.press('Space')
  const csv = await save(desk, testInfo.outputPath('cases.csv'), word('look.exportDo'))
  expect(csv.startsWith('\ufeff')).toBe(true)
  const rows = csv.trim().split('\n').length - 1
  expect(rows).toBeGreaterThan(0)
  await expect(desk.page.getByText(word('look.exported'))).toBeVisible()

  const auditor = await signInAs('auditor')
  await auditor.open('/looks?kind=export')
  const newest = auditor.page.locator('tbody tr').first()
  await expect(newest).toContainText(word('looks.rows', { n: rows.toLocaleString('en') }))
  await expect(newest).toContainText(word('looks.by.state'))
})

test('looks are for auditors, and a citizen is not offered any', async ({ apiAs, signInAs }) => {
  for (const role of ['operator', 'leader', 'administrator', 'security_officer']) {
    expect((await (await apiAs(role)).raw('/looks')).status(), role).toBe(403)
  }
  const citizen = await apiAs('citizen')
  const body = await citizen.report(fumes, '居民看自己的案件', await citizen.place(home, 12))
  const desk = await signInAs('citizen')
  await desk.open(`/cases/${body.id}`)
  await expect(desk.page.getByRole('button', { name: word('look.unmask') })).toHaveCount(0)
})

test('nothing found says so, and an account that is not there is named', async ({ signInAs }) => {
  const auditor = await signInAs('auditor')
  await auditor.open('/looks?from=2020-01-01&to=2020-01-02')
  await expect(auditor.page.getByText(word('looks.empty'))).toBeVisible()
  await auditor.page.getByLabel(word('looks.account')).fill('nobody-here')
  await auditor.page.keyboard.press('Enter')
  await expect(auditor.page.getByRole('alert')).toContainText('nobody-here')
})
