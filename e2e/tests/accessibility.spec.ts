/** axe on every page, on a desk and on a phone: nothing serious, nothing critical. */
import { expectNoSidewaysScrolling, expectNothingSerious } from '../harness/accessibility.ts'
import { phone } from '../harness/browser.ts'
import { fumes } from '../harness/mainJob.ts'
import { home, test } from '../harness/test.ts'

const widths = [
  { name: '1280 px', viewport: { width: 1280, height: 800 } },
  { name: '375 px', viewport: phone },
]

const rooms: { role: string; paths: string[] }[] = [
  { role: 'operator', paths: ['/tasks', '/cases', '/report', '/map', '/overview', '/timers', '/ledger', '/erasures', '/settings', '/notices', '/duties', '/confidential'] },
  { role: 'citizen', paths: ['/tasks', '/report'] },
  { role: 'administrator', paths: ['/people', '/jobs', '/ledger', '/duties'] },
  { role: 'auditor', paths: ['/looks', '/ledger'] },
  { role: 'security_officer', paths: ['/erasures', '/ledger'] },
]

for (const { name, viewport } of widths) {
  test(`sign-in at ${name}`, async ({ stranger }) => {
    const desk = await stranger({ viewport })
    await desk.open('/sign-in')
    await expectNothingSerious(desk)
    await expectNoSidewaysScrolling(desk)
  })

  for (const { role, paths } of rooms) {
    test(`${paths.join(', ')} of the ${role} at ${name}`, async ({ signInAs }) => {
      const desk = await signInAs(role, home, { viewport })
      for (const path of paths) {
        await desk.open(path)
        await expectNothingSerious(desk)
        await expectNoSidewaysScrolling(desk)
      }
    })
  }

  test(`a case with an open form at ${name}`, async ({ apiAs, signInAs }) => {
    const citizen = await apiAs('citizen')
    const body = await citizen.report(fumes, '无障碍检查', await citizen.place(home, 6))
    const desk = await signInAs('grid_worker', body.region.code, { viewport })
    await desk.open(`/cases/${body.id}`)
    await expectNothingSerious(desk)
    await desk.prepare('verify')
    await expectNothingSerious(desk)
    await expectNoSidewaysScrolling(desk)
  })
}
