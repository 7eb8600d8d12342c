/** Somebody new becomes an operator: one administrator proposes, the security officer confirms, the person sets a password with both codes. */
import { expectNoSidewaysScrolling, expectNothingSerious } from '../harness/accessibility.ts'
import { phone } from '../harness/browser.ts'
import type { Desk } from '../harness/desk.ts'
import { expect, home, test } from '../harness/test.ts'
import { word } from '../harness/words.ts'

const account = 'e2e-newcomer'
const name = '林新人'
const password = 'Own-choice-77-mule'

/** The code on the card that is shown once. */
async function told(desk: Desk): Promise<string> {
  const card = desk.page.getByRole('status', { name: word('people.code') })
  await expect(card).toBeVisible()
  await expect(card.getByRole('img')).toBeVisible()
  const code = (await card.locator('code').textContent()) ?? ''
  await expectNothingSerious(desk)
  await expectNoSidewaysScrolling(desk)
  await card.getByRole('button', { name: word('people.noted') }).click()
  await expect(card).toHaveCount(0)
  return code
}

test('an operator is made by two people, and knows their password alone', async ({ signInAs, stranger }) => {
  const administrator = await signInAs('administrator', home, { viewport: phone })
  await administrator.open('/people')
  await administrator.page.getByRole('button', { name: word('people.create'), exact: true }).click()
  const form = administrator.page.getByRole('form', { name: word('people.create') })
  await form.getByLabel(word('signIn.account')).fill(account)
  await form.getByLabel(word('people.name')).fill(name)
  await administrator.page.keyboard.press('Enter')
  // The code of the account as it is now: one person alone gave it, so the post will take it back.
  const alone = await told(administrator)
  const added = await administrator.page.evaluate(
    async ([who, region]) => {
      const me = (await (await fetch('/api/v1/me')).json()) as { csrfToken: string }
      const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': me.csrfToken }
      const body = JSON.stringify({ role: 'operator', region })
      const answer = await fetch(`/api/v1/people/${who}/posts`, { method: 'POST', headers, body })
      return { status: answer.status, body: (await answer.json()) as { activation: { code: string; half: string } } }
    },
    [account, home] as const,
  )
  expect([added.status, added.body.activation.half]).toEqual([202, 'first'])

  const officer = await signInAs('security_officer', home, { viewport: phone })
  await officer.open('/people')
  const waiting = officer.page.getByRole('region', { name: word('people.proposals') })
  await expect(waiting).toContainText(name)
  await expectNothingSerious(officer)
  await expectNoSidewaysScrolling(officer)
  officer.page.on('dialog', (dialog) => void dialog.accept())
  await waiting.getByRole('button', { name: new RegExp(name) }).first().focus()
  await officer.page.keyboard.press('Enter')
  const second = await told(officer)

  const person = await stranger({ viewport: phone })
  await person.page.goto(`/activate#code=${alone}`)
  await expect(person.page.getByRole('alert')).toBeVisible()
  await person.page.goto('/sign-in')
  await person.page.getByRole('link', { name: word('activate.link') }).click()
  await person.page.getByLabel(word('activate.code')).fill(added.body.activation.code)
  await person.page.keyboard.press('Enter')
  await person.page.getByLabel(word('activate.second')).fill(second)
  await person.page.getByLabel(new RegExp(`^${word('settings.passwordNew')}`)).fill(password)
  await person.page.getByLabel(word('settings.passwordAgain')).fill(password)
  await expectNothingSerious(person)
  await expectNoSidewaysScrolling(person)
  await person.page.keyboard.press('Enter')
  await person.page.getByRole('link', { name: word('activate.toSignIn') }).click()
  await person.signIn({ account, name, password, posts: [] })

  await person.open('/settings')
  await person.page.getByRole('button', { name: word('tokens.make') }).click()
  const make = person.page.getByRole('form', { name: word('tokens.make') })
  await make.getByLabel(word('tokens.name')).fill('报表')
  await make.getByLabel(word('settings.passwordNow')).fill(password)
  await expectNothingSerious(person)
  await expectNoSidewaysScrolling(person)
  await person.page.keyboard.press('Enter')
  const token = (await person.page.locator('code').textContent()) ?? ''
  const headers = { Authorization: `Bearer ${token}` }
  expect((await person.ask('/api/v1/cases?limit=1', headers)).status()).toBe(200)
  await person.page.getByRole('button', { name: word('people.noted') }).click()
  await expect(person.page.getByText('报表')).toBeVisible()
})
