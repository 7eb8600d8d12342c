/** The pictures of the README and the handbook, taken from a freshly loaded demo: `npm run screenshots`. */
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'

import { personFor } from '../harness/accounts.ts'
import { phone } from '../harness/browser.ts'
import type { Desk } from '../harness/desk.ts'
import { fillReport } from '../harness/report.ts'
import { fumes } from '../harness/mainJob.ts'
import { home, test } from '../harness/test.ts'

const images = resolve(import.meta.dirname, '../../docs/images')
mkdirSync(images, { recursive: true })

const handled = '/cases?state=handling'
/** A village of the home county: grid workers have their posts there, operators in its township. */
const village = '350302001006'

/** Maps, photos and fonts have come, and nothing moves. */
async function still(desk: Desk): Promise<void> {
  await desk.settled()
  await desk.page.emulateMedia({ reducedMotion: 'reduce' })
  await desk.page.waitForLoadState('load')
  await desk.page.evaluate(() => document.fonts.ready)
  await desk.page.waitForTimeout(1500)
}

async function shoot(desk: Desk, name: string): Promise<void> {
  await still(desk)
  await desk.page.screenshot({ path: resolve(images, `${name}.png`), animations: 'disabled' })
}

test('desk', async ({ signInAs }) => {
  const desk = await signInAs('operator', village)
  await desk.open('/work')
  await shoot(desk, 'desk')
})

test('list', async ({ signInAs }) => {
  const desk = await signInAs('operator')
  await desk.open('/cases')
  await shoot(desk, 'list')
})

test('case', async ({ signInAs }) => {
  const desk = await signInAs('leader')
  await desk.open(handled)
  const first = desk.page.locator('a[href^="/cases/"]').first()
  await desk.open((await first.getAttribute('href')) ?? handled)
  await shoot(desk, 'case')
})

test('report', async ({ apiAs, deskOf }) => {
  const citizen = await apiAs('citizen')
  const place = await citizen.place(home)
  const desk = await deskOf(personFor('citizen', home), 'citizen')
  const text = { title: '沿街餐馆后门排油烟', description: '每天中午和晚上，油烟从后门直接排到巷子里。' }
  await fillReport(desk, { matter: fumes, ...text, grid: place.grid })
  await desk.page.evaluate(() => window.scrollTo(0, 0))
  await shoot(desk, 'report')
})

test('map', async ({ signInAs }) => {
  const desk = await signInAs('leader')
  await desk.open('/map')
  await shoot(desk, 'map')
})

test('phone', async ({ signInAs }) => {
  const desk = await signInAs('grid_worker', village, { viewport: phone, isMobile: true, hasTouch: true })
  await desk.open('/work')
  await shoot(desk, 'phone')
})
