/** Outside the demo an administrator sets their own password by a one-time code, then the second factor, and signs in with both from then on. */
import { expectNoSidewaysScrolling, expectNothingSerious } from '../harness/accessibility.ts'
import { oneTimeCode } from '../harness/authenticator.ts'
import { phone } from '../harness/browser.ts'
import type { Desk } from '../harness/desk.ts'
import { startInstallation, type Platform } from '../harness/platform.ts'
import { expect, test } from '../harness/test.ts'
import { word } from '../harness/words.ts'

const account = 'admin-lin'
const password = 'Own-choice-77-mule'
let installation: Platform & { code: string }

test.beforeAll(async () => {
  installation = await startInstallation(account)
})
test.afterAll(async () => {
  await installation.stop()
})

async function enter(desk: Desk): Promise<void> {
  // The page before may have a field of the same name, and be there still.
  await expect(desk.page).toHaveURL(/\/sign-in/)
  await desk.page.getByLabel(word('signIn.account')).fill(account)
  await desk.page.getByLabel(word('signIn.password')).fill(password)
  await desk.page.keyboard.press('Enter')
}

test('the first administrator, by keyboard, on a phone and on a desk', async ({ stranger }) => {
  const desk = await stranger({ baseURL: installation.url, viewport: phone })
  const { page } = desk
  await page.goto(`/activate#code=${installation.code}`)
  await expect(page.getByText(account)).toBeVisible()
  expect(page.url(), 'the code is not left in the address').not.toContain(installation.code)
  await expectNothingSerious(desk)
  await expectNoSidewaysScrolling(desk)
  await page.getByLabel(new RegExp(`^${word('settings.passwordNew')}`)).fill(password)
  await page.getByLabel(word('settings.passwordAgain')).fill(password)
  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: word('activate.toSignIn') }).click()
  await page.goto('/people')
  await enter(desk)
  await expect(desk.heading(word('secondFactor.title'))).toBeVisible()
  await page.getByLabel(word('settings.passwordNow')).fill(password)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('img', { name: word('secondFactor.picture') })).toBeVisible()
  await expectNothingSerious(desk)
  await expectNoSidewaysScrolling(desk)

  await page.goto('/people')
  await expect(desk.heading(word('secondFactor.title')), 'no way around it').toBeVisible()
  expect((await desk.ask('/api/v1/people')).status()).toBe(403)
  await page.getByLabel(word('settings.passwordNow')).fill(password)
  await page.keyboard.press('Enter')

  await page.setViewportSize({ width: 1280, height: 800 })
  const field = page.getByLabel(word('secondFactor.code'))
  await field.fill('000000')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('alert')).toBeVisible()
  await expect(field).toBeFocused()
  const secret = (await page.locator('code').textContent()) ?? ''
  await page.keyboard.type(oneTimeCode(secret))
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/people$/)
  await desk.settled()

  await page.getByRole('button', { name: word('header.signOut') }).click()
  await enter(desk)
  const code = page.getByLabel(word('signIn.code'))
  await expect(code).toBeFocused()
  // A code is good once; the next one is good already.
  await code.fill(oneTimeCode(secret, Date.now() + 30_000))
  await page.keyboard.press('Enter')
  await expect(page).not.toHaveURL(/sign-in|second-factor/)
  await desk.settled()
})
