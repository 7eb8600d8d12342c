/** What was typed outlives a lost session, a lost network, a reload and Back; keys of an input method are its own; nothing happens twice. */
import type { Page } from '@playwright/test'

import { phone } from '../harness/browser.ts'
import type { Desk } from '../harness/desk.ts'
import { fumes, holderOf, verified } from '../harness/mainJob.ts'
import { fillReport, sendReport } from '../harness/report.ts'
import { expect, home, test } from '../harness/test.ts'
import { word } from '../harness/words.ts'

/** The session ends without the page knowing, as it does after a while. */
async function endSession({ page }: Desk): Promise<void> {
  await page.context().clearCookies()
}

async function signInAgain({ page }: Desk, person: { account: string; password: string }): Promise<void> {
  await expect(page.getByText(word('signIn.again'))).toBeVisible()
  await page.getByLabel(word('signIn.account')).fill(person.account)
  await page.getByLabel(word('signIn.password')).fill(person.password)
  await page.keyboard.press('Enter')
}

const rows = (page: Page) => page.locator('table.cases tbody tr')

test('a lost session keeps the form, the place in the list and where one was going', async ({ apiAs, apiOf, deskOf }) => {
  const citizen = await apiAs('citizen')
  const body = await verified(apiOf, await citizen.report(fumes, `登录过期 ${Date.now()}`, await citizen.place(home, 8)))
  const person = holderOf(body, 'operator')
  const desk = await deskOf(person, 'operator')
  const { page } = desk

  // Nothing but what the person does asks the server.
  await page.route('**/api/v1/live*', (route) => route.abort())
  await desk.open('/cases')
  const filtered = page.url()
  await page.getByRole('button', { name: word('app.more') }).click()
  await expect.poll(() => rows(page).count()).toBeGreaterThan(50)
  const shown = await rows(page).count()
  await rows(page).last().scrollIntoViewIfNeeded()
  const from = await page.evaluate(() => scrollY)
  await rows(page).last().getByRole('link').first().click()
  await expect(page).toHaveURL(/\/cases\/[^/]+$/)
  await desk.settled()
  await page.goBack()
  await expect.poll(() => rows(page).count()).toBe(shown)
  await expect.poll(() => page.evaluate(() => scrollY)).toBe(from)

  // The session is lost on the way from the list to a case: one comes to the case, and Back to the same rows.
  await endSession(desk)
  await rows(page).last().getByRole('link').first().click()
  await signInAgain(desk, person)
  await expect(page).toHaveURL(/\/cases\/[^/]+$/)
  await expect(page.locator('article h1')).toBeVisible()
  await page.goBack()
  await expect(page).toHaveURL(filtered)
  await expect.poll(() => rows(page).count()).toBe(shown)

  // And in a form.
  await desk.open(`/cases/${body.id}`)
  const typed = '情况不属实，不予立案'
  await desk.prepare('reject', { note: typed })
  await desk.form().locator('button[type="submit"]').focus()
  await endSession(desk)
  await page.keyboard.press('Enter')
  await signInAgain(desk, person)
  await expect(page).toHaveURL(new RegExp(`/cases/${body.id}$`))
  await expect(desk.form().getByRole('textbox').last()).toHaveValue(typed)
  await page.reload()
  await expect(desk.form().getByRole('textbox').last()).toHaveValue(typed)
  await desk.submit()
  await desk.done()
  expect((await citizen.case(body.id)).state).toBe('rejected')
})

test('a report outlives the network and a reload, and is made once', async ({ signInAs, apiAs }) => {
  const citizen = await apiAs('citizen')
  const desk = await signInAs('citizen')
  const title = `断网上报 ${Date.now()}`
  await fillReport(desk, { matter: fumes, title, description: '每天中午', grid: (await citizen.place(home, 9)).grid })
  // The answer is lost on its way back: the server has the report, the page does not know.
  await desk.page.route('**/api/v1/cases', async (route) => {
    if (route.request().method() !== 'POST') return route.continue()
    await route.fetch()
    await route.abort()
  })
  await desk.page.getByRole('button', { name: word('report.send') }).click()
  await expect(desk.page.getByText(word('report.kept'))).toBeVisible()
  await desk.page.unroute('**/api/v1/cases')
  await desk.page.reload()
  await expect(desk.page.getByLabel(word('report.title'))).toHaveValue(title)
  await sendReport(desk)
  const mine = await citizen.get<{ items: { title: string }[] }>('/cases?mine=reported&limit=200')
  expect(mine.items.filter((one) => one.title === title)).toHaveLength(1)
})

test('a photo that failed can be sent again or removed on a phone, each by its own button', async ({ signInAs }) => {
  const desk = await signInAs('citizen', home, { viewport: phone })
  await desk.open('/report')
  const photo = { name: '现场.png', mimeType: 'image/png', buffer: Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAgAAAAGCAIAAABxZ0isAAAAEUlEQVR4nGNomLAAK2IYSAkAtu9RAUwyI0gAAAAASUVORK5CYII=', 'base64') }
  await desk.page.route('**/api/v1/attachments', (route) => route.abort())
  await desk.page.locator('input[type="file"]').setInputFiles(photo)
  const again = desk.page.getByRole('button', { name: word('app.tryAgain') })
  const remove = desk.page.getByRole('button', { name: word('photo.remove', { name: photo.name }) })
  await remove.scrollIntoViewIfNeeded()
  await again.scrollIntoViewIfNeeded()
  const [one, other] = [await again.boundingBox(), await remove.boundingBox()]
  if (!one || !other) throw new Error('both buttons are there')
  const apart = one.y >= other.y + other.height || other.y >= one.y + one.height || one.x >= other.x + other.width || other.x >= one.x + one.width
  expect(apart, JSON.stringify([one, other])).toBe(true)
  // The middle of each is its own.
  for (const [button, box] of [[again, one], [remove, other]] as const) {
    const hit = await button.evaluate((own, [x, y]) => own.contains(document.elementFromPoint(x!, y!)), [box.x + box.width / 2, box.y + box.height / 2])
    expect(hit).toBe(true)
  }

  let sent = 0
  await desk.page.unroute('**/api/v1/attachments')
  await desk.page.route('**/api/v1/attachments', (route) => {
    sent += 1
    return route.continue()
  })
  // What had not gone up is there after a reload, and goes up by itself.
  await desk.page.getByLabel(word('report.title')).fill('有照片')
  await desk.page.reload()
  await expect(desk.page.getByRole('img', { name: photo.name })).toBeVisible()
  await expect(desk.page.locator('progress')).toHaveCount(0)
  expect(sent).toBe(1)
})

test('keys of an input method choose nothing, send nothing and close nothing', async ({ signInAs }) => {
  const desk = await signInAs('operator')
  const { page } = desk
  await desk.open('/report')
  const method = await page.context().newCDPSession(page)
  const compose = (text: string) => method.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })
  const key = async (name: string, code: number) => {
    const common = { key: name, code: name, windowsVirtualKeyCode: code }
    await method.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...common })
    await method.send('Input.dispatchKeyEvent', { type: 'keyUp', ...common })
  }

  const box = page.getByRole('combobox', { name: word('report.matter') })
  await box.click()
  const options = page.getByRole('listbox', { name: word('report.matter') }).getByRole('option')
  await expect(options.first()).toBeVisible()
  await compose('you')
  for (const [name, code] of [['ArrowDown', 40], ['Enter', 13], ['Escape', 27]] as const) await key(name, code)
  await expect(options.first(), 'Escape drops candidates, not the list').toBeVisible()
  expect(await box.getAttribute('aria-activedescendant')).toBeNull()
  await expect(page.locator('.facts-box'), 'Enter takes a candidate, not a matter').toHaveCount(0)

  await compose('')
  await page.keyboard.press('Escape')
  await expect(options.first(), 'a person’s own Escape does').toBeHidden()

  const title = page.getByLabel(word('report.title'))
  await title.click()
  await compose('youyan')
  await key('Enter', 13)
  await expect(page.getByText(word('report.problem.matter')), 'Enter takes a candidate and does not send').toHaveCount(0)
  await method.send('Input.insertText', { text: '油烟' })
  await expect(title).toHaveValue('油烟')
  await key('Enter', 13)
  await page.keyboard.press('Enter')
  await expect(page.getByText(word('report.problem.matter')), 'a person’s own Enter does').toBeVisible()
})

test('a report sent empty shows what is missing, and no list over it', async ({ signInAs }) => {
  const desk = await signInAs('citizen')
  const { page } = desk
  await desk.open('/report')
  await page.getByRole('button', { name: word('report.send') }).click()
  await expect(page.getByRole('combobox', { name: word('report.matter') })).toBeFocused()
  for (const problem of ['matter', 'title']) {
    const message = page.getByText(word(`report.problem.${problem}`))
    await expect(message).toBeVisible()
    const seen = await message.evaluate((own) => {
      const { x, y, height } = own.getBoundingClientRect()
      return own.contains(document.elementFromPoint(x + 4, y + height / 2))
    })
    expect(seen, problem).toBe(true)
  }
})

test('a place is told by lists and a landmark, without the map', async ({ signInAs, apiAs }) => {
  const citizen = await apiAs('citizen')
  const { village, grid } = await citizen.place(home, 10)
  const desk = await signInAs('citizen', home, { viewport: phone })
  const { page } = desk
  await desk.open(`/report?matter=${fumes}`)
  await page.getByLabel(word('report.title')).fill(`村里的事 ${Date.now()}`)
  const lists = page.getByRole('group', { name: word('place.lists') })
  await lists.getByLabel(word('place.level.township')).selectOption(`${village.slice(0, 9)}000`)
  await lists.getByLabel(word('place.level.village')).selectOption(village)
  await expect(lists.getByLabel(word('place.gridOptional'))).toBeVisible()
  await page.getByRole('button', { name: word('report.send') }).click()
  await expect(page.getByText(word('report.problem.address'))).toBeVisible()
  await page.getByLabel(word('place.address')).fill('小学后门')
  const number = await sendReport(desk)
  const made = await citizen.get<{ region: { code: string }; grid: string | null; data: { position: { address: string } } }>(`/cases/${number}`)
  expect(made).toMatchObject({ region: { code: village }, grid: null, data: { position: { address: '小学后门' } } })
  await expect(page.getByText('小学后门')).toBeVisible()

  await desk.open('/report')
  await lists.getByLabel(word('place.level.township')).selectOption(`${village.slice(0, 9)}000`)
  await lists.getByLabel(word('place.level.village')).selectOption(village)
  await lists.getByLabel(word('place.gridOptional')).selectOption(grid)
  await expect(page.locator('.chosen')).toContainText(' · ')
})
