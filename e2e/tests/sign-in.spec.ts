/** The door: wrong words, the way in by keyboard, the language, the way out. */
import { personFor, personIn } from '../harness/accounts.ts'
import { expect, home, test } from '../harness/test.ts'
import { word } from '../harness/words.ts'

test('a wrong password is refused in words', async ({ stranger }) => {
  const desk = await stranger()
  await desk.page.goto('/sign-in')
  await desk.page.getByLabel(word('signIn.account')).fill('nobody-here')
  await desk.page.getByLabel(word('signIn.password')).fill('wrong')
  await desk.page.keyboard.press('Enter')
  await expect(desk.page.getByRole('alert')).toBeVisible()
  await expect(desk.page).toHaveURL(/\/sign-in/)
})

test('in by keyboard, back to where one was going, and out again', async ({ stranger }) => {
  const person = personFor('operator', home)
  const desk = await stranger()
  await desk.page.goto('/cases?q=test')
  await expect(desk.page).toHaveURL(/\/sign-in/)
  await desk.page.getByLabel(word('signIn.account')).focus()
  await desk.page.keyboard.type(person.account)
  await desk.page.keyboard.press('Tab')
  await desk.page.keyboard.type(person.password)
  await desk.page.keyboard.press('Enter')
  await expect(desk.page).toHaveURL(/\/cases\?q=test$/)
  await desk.settled()

  await desk.page.getByRole('button', { name: word('header.signOut') }).focus()
  await desk.page.keyboard.press('Enter')
  await expect(desk.page).toHaveURL(/\/sign-in/)
  expect((await desk.ask('/api/v1/me')).status()).toBe(401)
})

test('the interface speaks English when asked, and remembers', async ({ signInAs }) => {
  const desk = await signInAs('operator')
  await desk.open('/tasks')
  await desk.page.getByRole('button', { name: 'English' }).click()
  await expect(desk.page.locator('html')).toHaveAttribute('lang', 'en')
  await expect(desk.page.getByRole('navigation').getByText(word('nav.work'))).toHaveCount(0)
  await desk.page.reload()
  await expect(desk.page.locator('html')).toHaveAttribute('lang', 'en')
})

for (const role of ['leader', 'grid_leader', 'grid_supervisor', 'window_clerk', 'grid_worker', 'verifier', 'citizen', 'security_officer']) {
  test(`the day of the ${role} starts at a page that has something on it`, async ({ deskOf }) => {
    const desk = await deskOf(personIn(home.slice(0, 6), role), role)
    await desk.open('/')
    await expect(desk.page).not.toHaveURL(/\/$/)
    for (const empty of ['work.empty', 'work.noReports', 'erasure.empty.proposed']) await expect(desk.page.getByText(word(empty))).toHaveCount(0)
  })
}
