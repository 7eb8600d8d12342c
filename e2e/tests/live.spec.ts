/** What others do appears without a reload for those whose slice has it. */
import { fumes, holderOf, verified } from '../harness/mainJob.ts'
import { expect, home, test } from '../harness/test.ts'

test('a case page and a work list follow what others do', async ({ apiAs, apiOf, deskOf }) => {
  const citizen = await apiAs('citizen')
  const body = await citizen.report(fumes, `实时更新 ${Date.now()}`, await citizen.place(home, 1))
  const title = (await citizen.get<{ title: string }>(`/cases/${body.id}`)).title

  const reporter = await deskOf(citizen.account, 'citizen')
  await reporter.open(`/cases/${body.id}`)
  await reporter.page.evaluate(() => (document.documentElement.dataset['loadedOnce'] = 'yes'))

  const pending = await verified(apiOf, body)
  const operator = await deskOf(holderOf(pending, 'operator'), 'operator')
  await expect(reporter.section('case.timeline').getByRole('listitem')).toHaveCount(2)

  await operator.open(`/cases/${body.id}`)
  await operator.act('register')
  await expect(reporter.section('case.timeline').getByRole('listitem')).toHaveCount(3)
  await expect(reporter.heading(title)).toBeVisible()
  expect(await reporter.page.evaluate(() => document.documentElement.dataset['loadedOnce'])).toBe('yes')
})

test('new work appears in an open work list', async ({ apiAs, apiOf, deskOf }) => {
  const citizen = await apiAs('citizen')
  const place = await citizen.place(home, 2)
  const first = await verified(apiOf, await citizen.report(fumes, '先到的工作', place))
  const desk = await deskOf(holderOf(first, 'operator'), 'operator')
  await desk.open('/tasks')

  const title = `新到的工作 ${Date.now()}`
  await verified(apiOf, await citizen.report(fumes, title, place))
  await expect(desk.page.getByRole('link', { name: title }).first()).toBeVisible()
})
