/** The pictures of the README and the handbook, taken from a freshly loaded demo: `npm run screenshots`. */
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'

import { personFor } from '../harness/accounts.ts'
import type { Api, CaseBody } from '../harness/api.ts'
import { phone } from '../harness/browser.ts'
import type { Desk } from '../harness/desk.ts'
import { fillReport } from '../harness/report.ts'
import { fumes } from '../harness/mainJob.ts'
import { home, test } from '../harness/test.ts'

const images = resolve(import.meta.dirname, '../../docs/images')
mkdirSync(images, { recursive: true })

/** The demo's own case, with a photo before and a photo after the work. */
const mainCase = '后门直排油烟'
/** A case page in full needs more than a screen. */
const tall = { width: 1280, height: 1320 }

/** The region, with this many digits of its code, where most cases stand in these states: there people have work to show. */
async function busiest(api: Api, states: string, digits: number): Promise<string> {
  const { items } = await api.get<{ items: CaseBody[] }>(`/cases?state=${states}&limit=200`)
  const counts = new Map<string, number>()
  for (const { region } of items) counts.set(region.code.slice(0, digits), (counts.get(region.code.slice(0, digits)) ?? 0) + 1)
  const [most] = [...counts].sort((a, b) => b[1] - a[1])
  if (!most) throw new Error(`no case in ${states}`)
  return most[0].padEnd(12, '0')
}

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

test('desk', async ({ apiAs, signInAs }) => {
  const township = await busiest(await apiAs('leader'), 'pending_register,pending_close', 9)
  const desk = await signInAs('operator', township)
  await desk.open('/work')
  await shoot(desk, 'desk')
})

test('list', async ({ signInAs }) => {
  const desk = await signInAs('leader')
  await desk.open('/cases')
  await shoot(desk, 'list')
})

test('case', async ({ apiAs, signInAs }) => {
  const { items } = await (await apiAs('leader')).get<{ items: CaseBody[] }>(`/cases?q=${encodeURIComponent(mainCase)}&limit=1`)
  const desk = await signInAs('leader', home, { viewport: tall })
  await desk.open(`/cases/${items[0]?.number}`)
  await shoot(desk, 'case')
})

test('report', async ({ apiAs, deskOf }) => {
  const citizen = await apiAs('citizen')
  const place = await citizen.place(home)
  const desk = await deskOf(personFor('citizen', home), 'citizen')
  const text = { title: '沿街餐馆后门排油烟', description: '每天中午和晚上，油烟从后门直接排到巷子里。' }
  await fillReport(desk, { matter: fumes, ...text, grid: place.grid })
  await desk.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
  await desk.page.evaluate(() => window.scrollTo(0, 0))
  await shoot(desk, 'report')
})

test('map', async ({ signInAs }) => {
  const desk = await signInAs('leader')
  await desk.open('/map')
  await shoot(desk, 'map')
})

test('phone', async ({ apiAs, signInAs }) => {
  const village = await busiest(await apiAs('leader'), 'reported', 12)
  const desk = await signInAs('grid_worker', village, { viewport: phone, isMobile: true, hasTouch: true })
  await desk.open('/work')
  await shoot(desk, 'phone')
})
