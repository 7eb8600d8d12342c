/** Erasing what was told, by two people: one proposes, another decides without seeing a value; the proof stays. */
import { expectNoSidewaysScrolling, expectNothingSerious } from '../harness/accessibility.ts'
import type { Api, CaseBody } from '../harness/api.ts'
import { phone } from '../harness/browser.ts'
import type { Desk } from '../harness/desk.ts'
import { fumes, holderOf, verified, type Sessions } from '../harness/mainJob.ts'
import { expect, home, test } from '../harness/test.ts'
import { word } from '../harness/words.ts'

const widths = [{ name: '1280 px', viewport: { width: 1280, height: 800 } }, { name: '375 px', viewport: phone }]
const secret = '住在三单元的林晓岚说油烟呛人'
const contact = { name: '林晓岚', phone: '13800138642' }

async function press(desk: Desk, name: string): Promise<void> {
  await desk.page.getByRole('button', { name, exact: true }).focus()
  await desk.page.keyboard.press('Enter')
}

/** A case with something in it to erase, and a closed one that authorises it. */
async function prepared(api: Api, sessions: Sessions, title: string): Promise<{ body: CaseBody; authority: string }> {
  const told = await api.reportOf(contact, fumes, title, await api.place(home, 13), { description: secret })
  const body = await verified(sessions, told)
  const operator = await sessions(holderOf(body, 'operator'), 'operator')
  const { items } = await operator.get<{ items: CaseBody[] }>('/cases?state=closed&limit=1')
  return { body, authority: items[0]!.number }
}

/** Proposes to erase description and reporter, on the case's page, by keyboard. */
async function propose(desk: Desk, body: CaseBody, authority: string): Promise<void> {
  await desk.open(`/cases/${body.id}`)
  await press(desk, word('erasure.propose'))
  const form = desk.page.getByRole('form', { name: word('erasure.propose') })
  for (const field of ['description', 'reporter']) {
    await form.getByRole('checkbox', { name: word(`erasure.field.${field}`) }).focus()
    await desk.page.keyboard.press('Space')
  }
  await press(desk, word('erasure.proposeDo'))
  await expect(form.getByText(word('field.required'))).toHaveCount(2)
  await expectNothingSerious(desk)
  await expectNoSidewaysScrolling(desk)
  await form.getByLabel(word('erasure.authorisedBy')).fill(authority)
  await form.getByLabel(word('erasure.reason')).fill('本人申请删除，经审核符合条件。')
  await press(desk, word('erasure.proposeDo'))
  await expect(desk.page.getByText(word('erasure.proposed'))).toBeVisible()
}

/** The security officer's card of this case. */
const cardOf = (desk: Desk, body: CaseBody) => desk.page.getByRole('article').filter({ hasText: body.number })

for (const { name, viewport } of widths) {
  test(`it is proposed by one person and confirmed by another, at ${name}`, async ({ apiAs, apiOf, deskOf, signInAs }) => {
    const { body, authority } = await prepared(await apiAs('operator'), apiOf, `依法删除 ${name}`)
    const desk = await deskOf(holderOf(body, 'operator'), 'operator', { viewport })
    await propose(desk, body, authority)

    const officer = await signInAs('security_officer', home, { viewport })
    await officer.open('/erasures')
    const card = cardOf(officer, body)
    await expect(card).toContainText(authority)
    await expect(card).toContainText(word('erasure.field.description'))
    for (const value of [secret, contact.phone]) await expect(officer.page.getByText(value)).toHaveCount(0)
    await card.getByRole('button', { name: word('erasure.confirm') }).focus()
    await officer.page.keyboard.press('Enter')
    await expect(card.getByText(word('erasure.confirmAsk'))).toBeVisible()
    await expectNothingSerious(officer)
    await expectNoSidewaysScrolling(officer)
    await officer.page.keyboard.press('Enter')
    await expect(officer.page.getByText(word('erasure.said.done', { number: body.number }))).toBeVisible()
    await expect(card).toHaveCount(0)

    await desk.open(`/cases/${body.id}`)
    await expect(desk.page.getByText(secret)).toHaveCount(0)
    await expect(desk.section('case.timeline').getByText(word('erasure.gone')).first()).toBeVisible()
    await expect(desk.section('erasure.title').getByText(word('erasure.state.done'))).toBeVisible()
    await expect(desk.section('case.timeline').getByRole('button', { name: word('proof.receipt') }).first()).toBeVisible({ timeout: 60_000 })
    await expectNothingSerious(desk)
    await expectNoSidewaysScrolling(desk)
  })
}

test('it is refused with a reason that the proposer reads', async ({ apiAs, apiOf, deskOf, signInAs }) => {
  const { body, authority } = await prepared(await apiAs('operator'), apiOf, '拒绝删除')
  const desk = await deskOf(holderOf(body, 'operator'), 'operator')
  await propose(desk, body, authority)
  const officer = await signInAs('security_officer')
  await officer.open('/erasures')
  const card = cardOf(officer, body)
  await card.getByRole('button', { name: word('erasure.refuse'), exact: true }).focus()
  await officer.page.keyboard.press('Enter')
  await expect(card.getByRole('textbox')).toBeFocused()
  await officer.page.keyboard.type('申请人不是本人。')
  await press(officer, word('erasure.refuseDo'))
  await expect(officer.page.getByText(word('erasure.said.refused', { number: body.number }))).toBeVisible()
  await desk.open(`/cases/${body.id}`)
  await expect(desk.section('erasure.title')).toContainText('申请人不是本人。')
  await expect(desk.page.getByText(secret)).toBeVisible()
})
