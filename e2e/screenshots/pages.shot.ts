/** The pictures of the README and the handbook, taken from a freshly loaded demo: `npm run screenshots`. */
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'

import type { Page } from '@playwright/test'

import { personFor } from '../harness/accounts.ts'
import type { Api, CaseBody } from '../harness/api.ts'
import { phone } from '../harness/browser.ts'
import type { Desk } from '../harness/desk.ts'
import { fillReport } from '../harness/report.ts'
import { fumes, holderOf, registered, verified } from '../harness/mainJob.ts'
import { home, test } from '../harness/test.ts'

const images = resolve(import.meta.dirname, '../../docs/images')
mkdirSync(images, { recursive: true })

/** Who deals with fumes. */
const department = 'city_management'
/** A case page with its photos and its timeline needs more than a screen. */
const tall = { width: 1280, height: 1500 }

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

/** A photo for the case, drawn: a back door with a duct that vents its fumes, or leads into a purifier and up. */
async function backDoor(page: Page, mended: boolean): Promise<Buffer> {
  const fumes = [0, 1, 2, 3, 4].map((n) => `<circle cx="${452 + n * 34}" cy="${96 - n * 12}" r="${24 + n * 9}" fill="#d6d4ce" opacity="${0.7 - n * 0.1}"/>`)
  const duct = mended
    ? '<rect x="352" width="30" height="100" fill="#b0b4b8"/><rect x="332" y="96" width="70" height="84" rx="4" fill="#607080"/><circle cx="346" cy="168" r="4" fill="#6edc78"/>'
    : `<path d="M352 110v-26h92v26z" fill="#b0b4b8"/>${fumes.join('')}`
  await page.setViewportSize({ width: 640, height: 480 })
  await page.setContent(`<body style="margin:0"><svg width="640" height="480"><defs><pattern id="brick" width="54" height="40" patternUnits="userSpaceOnUse">
    <rect width="54" height="40" fill="#8e8074"/><rect x="1" y="1" width="52" height="18" fill="#a89888"/><path d="M0 21h26v18H0zm28 0h26v18H28z" fill="#a89888"/></pattern></defs>
    <rect width="640" height="400" fill="url(#brick)"/><rect y="400" width="640" height="80" fill="#545250"/><rect x="100" y="165" width="120" height="235" fill="#3e4e4a"/>
    <rect x="200" y="280" width="8" height="16" fill="#b0b4b8"/><rect x="470" y="210" width="96" height="68" fill="#fad68c"/><rect x="352" y="110" width="30" height="110" fill="#b0b4b8"/>${duct}</svg></body>`)
  return page.screenshot()
}

test('desk', async ({ apiAs, signInAs }) => {
  const township = await busiest(await apiAs('leader'), 'pending_register,pending_close', 9)
  const desk = await signInAs('operator', township)
  await desk.open('/tasks')
  await shoot(desk, 'desk')
})

test('list', async ({ signInAs }) => {
  const desk = await signInAs('leader')
  await desk.open('/cases')
  await shoot(desk, 'list')
})

test('case', async ({ apiAs, apiOf, signInAs, stranger }) => {
  const { page } = await stranger()
  const citizen = await apiAs('citizen')
  const place = await citizen.place(home, 40)
  const before = await citizen.upload('后门油烟.png', await backDoor(page, false))
  const description = '中午和晚上油烟从后门的风管直接排到小巷里，楼上住户不敢开窗，已经持续一个多星期。'
  let body = await citizen.report(fumes, '沿街饭馆后门直排油烟', place, description, [before])
  body = await registered(apiOf, await verified(apiOf, body))
  const dispatcher = await apiOf(holderOf(body, 'dispatcher'), 'dispatcher')
  await dispatcher.act(body.id, 'dispatch', { to: { department }, note: '请到场查处，并督促安装净化设施。' })
  const handler = await apiOf(personFor('department_handler', body.region.code, department), 'department_handler')
  await handler.act(body.id, 'accept')
  const after = await handler.upload('整改后.png', await backDoor(page, true))
  await handler.act(body.id, 'finish', { note: '已责令停止直排，商户装好净化器，烟道改至楼顶。', attachments: [after] })

  const desk = await signInAs('verifier', body.region.code, { viewport: tall })
  await desk.open(`/cases/${body.number}`)
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
  await desk.open('/tasks')
  await shoot(desk, 'phone')
})
