/** No key, code or identifier of ours reaches anybody who is no administrator: every page, and every form of every action, is read word by word. */
import { fumes } from '../harness/mainJob.ts'
import type { Desk } from '../harness/desk.ts'
import { expectOnlyWords } from '../harness/onlyWords.ts'
import { expect, home, test } from '../harness/test.ts'
import { word } from '../harness/words.ts'

const rooms: { role: string; paths: string[] }[] = [
  { role: 'citizen', paths: ['/tasks', '/cases', '/report', '/notices'] },
  { role: 'grid_worker', paths: ['/tasks', '/cases', '/report', '/map', '/notices'] },
  { role: 'operator', paths: ['/tasks', '/cases', '/report', '/map', '/overview', '/notices', '/duties', '/confidential', '/erasures'] },
  { role: 'leader', paths: ['/tasks', '/cases', '/map', '/overview', '/notices', '/confidential'] },
]

/** The boxes that offer something as soon as they are entered. */
const boxes: Record<string, string> = { '/report': 'report.matter', '/cases': 'filter.matter' }

async function expectOffersInWords(desk: Desk, path: string): Promise<void> {
  const box = boxes[path]
  if (!box) return
  await desk.page.getByRole('combobox', { name: word(box), exact: true }).click()
  await expect(desk.page.getByRole('listbox', { name: word(box), exact: true }).getByRole('option').first()).toBeVisible()
  await expectOnlyWords(desk.page, `${path}, with the matters offered`)
}

for (const { role, paths } of rooms) {
  test(`pages of the ${role} are in words`, async ({ apiAs, signInAs }) => {
    const { grid } = await (await apiAs('citizen')).place(home, 9)
    const desk = await signInAs(role, role === 'grid_worker' ? grid.slice(0, 12) : home)
    for (const path of paths) {
      await desk.open(path)
      await expectOnlyWords(desk.page, path)
      await expectOffersInWords(desk, path)
    }
  })
}

test('a case and each of its forms are in words', async ({ apiAs, signInAs }) => {
  const citizen = await apiAs('citizen')
  const body = await citizen.report(fumes, '逐字检查', await citizen.place(home, 9))
  for (const role of ['grid_worker', 'operator', 'leader', 'citizen']) {
    const desk = await signInAs(role, role === 'citizen' ? home : body.region.code)
    await desk.open(`/cases/${body.id}`)
    await expectOnlyWords(desk.page, `the case, as ${role}`)
    const codes = await desk.page.locator('[data-action]').evaluateAll((all) => all.map((one) => one.getAttribute('data-action') ?? ''))
    for (const code of codes) {
      await desk.action(code).click()
      await desk.submit()
      await expectOnlyWords(desk.page, `${code}, sent empty, as ${role}`)
      await desk.page.reload()
      await desk.settled()
    }
  }
})
