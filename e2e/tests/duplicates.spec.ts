/** The same thing reported twice is found, shown with its distance, and merged; both reporters can follow it. */
import { fumes, holderOf, verified } from '../harness/mainJob.ts'
import { expect, home, test } from '../harness/test.ts'
import { word } from '../harness/words.ts'

test('a second report of the same thing is shown and merged', async ({ apiAs, apiOf, deskOf }) => {
  const citizen = await apiAs('citizen')
  const place = await citizen.place(home, 5)
  const nearby = { ...place, lat: place.lat + 0.0001 }
  const first = await citizen.report(fumes, '烧烤店后门排油烟', place)
  const second = await citizen.report(fumes, '烧烤店后门往外排油烟', nearby)

  const { items } = await citizen.get<{ items: { case: { id: string }; distance: number }[] }>(`/cases/${second.id}/duplicates`)
  const found = items.find((one) => one.case.id === first.id)
  expect(found?.distance).toBeGreaterThan(5)
  expect(found?.distance).toBeLessThan(50)

  const pending = await verified(apiOf, second)
  const desk = await deskOf(holderOf(pending, 'operator'), 'operator')
  await desk.open(`/cases/${second.id}`)
  await expect(desk.section('case.duplicates').getByText('烧烤店后门排油烟', { exact: true })).toBeVisible()
  await expect(desk.section('case.duplicates')).toContainText(String(Math.round(found?.distance ?? -1)))

  await desk.prepare('merge')
  await desk.form().getByRole('combobox').first().selectOption({ index: 1 })
  // Both cases stand side by side, and nothing happens before that is agreed to.
  await expect(desk.form().getByRole('article')).toHaveCount(2)
  await desk.submit()
  await expect(desk.form().getByText(word('merge.mustAgree'))).toBeVisible()
  await desk.form().getByRole('checkbox').check()
  await desk.submit()
  await desk.done()
  expect((await citizen.case(second.id)).state).toBe('merged')

  await desk.open(`/cases/${second.id}`)
  await desk.prepare('unmerge', { note: '不是一件事' })
  await desk.submit()
  await desk.done()
  expect((await citizen.case(second.id)).state).toBe('pending_register')
})
