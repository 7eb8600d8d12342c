/** What is not in one's slice does not exist: over the API and at the desk alike. */
import { personIn } from '../harness/accounts.ts'
import { fumes } from '../harness/mainJob.ts'
import { elsewhere, expect, home, test } from '../harness/test.ts'
import { places } from '../harness/platform.ts'
import { word } from '../harness/words.ts'

test('a case of one county does not exist for the other', async ({ apiAs, apiOf, deskOf }) => {
  const citizen = await apiAs('citizen')
  const body = await citizen.report(fumes, '切片测试：后门油烟', await citizen.place(home))
  const stranger = personIn(places[1] ?? '', 'operator')
  const api = await apiOf(stranger, 'operator')

  for (const path of ['', '/timeline', '/duplicates']) {
    expect((await api.raw(`/cases/${body.id}${path}`)).status(), path).toBe(404)
  }
  expect((await api.raw(`/cases/${body.number}`)).status()).toBe(404)
  const listed = await api.get<{ items: { id: string }[] }>(`/cases?q=${encodeURIComponent('切片测试')}`)
  expect(listed.items).toEqual([])
  const counted = await api.raw(`/counters?region=${home}&by=state`)
  if (counted.ok()) expect(((await counted.json()) as { items: { total: number }[] }).items.every((one) => one.total === 0)).toBe(true)

  const desk = await deskOf(stranger, 'operator')
  await desk.page.goto(`/cases/${body.id}`)
  await expect(desk.page.getByRole('alert')).toBeVisible()
  await expect(desk.page.getByText('切片测试')).toHaveCount(0)
})

test('administrators see no cases at all', async ({ apiAs }) => {
  const citizen = await apiAs('citizen')
  const body = await citizen.report(fumes, '三员看不到的案件', await citizen.place(home))
  for (const role of ['administrator', 'security_officer', 'auditor']) {
    const answer = await (await apiAs(role)).raw(`/cases/${body.id}`)
    expect([403, 404], role).toContain(answer.status())
  }
})

test('without a session there is nothing but the sign-in page', async ({ stranger }) => {
  const desk = await stranger()
  expect((await desk.ask('/api/v1/cases')).status()).toBe(401)
  await desk.page.goto('/cases')
  await expect(desk.page).toHaveURL(/\/sign-in/)
  await expect(desk.page.getByLabel(word('signIn.account'))).toBeVisible()
})

test('the other county has its own cases', async ({ apiAs }) => {
  const operator = await apiAs('operator', elsewhere)
  const { items } = await operator.get<{ items: { region: { code: string } }[] }>('/cases?limit=20')
  expect(items.length).toBeGreaterThan(0)
  expect(items.every((one) => one.region.code.startsWith(places[1] ?? '-'))).toBe(true)
})
