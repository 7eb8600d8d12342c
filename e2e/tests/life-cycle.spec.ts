/** The main job, as people do it: one complaint from the citizen's report to the citizen's rating, by keyboard. */
import { personFor } from '../harness/accounts.ts'
import { fumes, handledBy, holderOf } from '../harness/mainJob.ts'
import { fillReport, sendReport } from '../harness/report.ts'
import { expect, home, test } from '../harness/test.ts'

test('a case from report to rating', async ({ stranger, apiAs, apiOf, deskOf }) => {
  const citizen = await apiAs('citizen')
  const place = await citizen.place(home, 7)
  const title = `餐馆后门排油烟 ${Date.now()}`

  const reporter = await stranger()
  await reporter.signIn(citizen.account)
  await fillReport(reporter, { matter: fumes, title, description: '每天中午和晚上，油烟从后门直接排到巷子里。', grid: place.grid })
  const id = await sendReport(reporter)
  await expect(reporter.heading(title)).toBeVisible()
  let body = await citizen.case(id)
  expect(body).toMatchObject({ state: 'reported', grid: place.grid, matter: { code: fumes } })
  expect(body.dueAt).not.toBeNull()

  const worker = await deskOf(personFor('grid_worker', body.region.code), 'grid_worker')
  await worker.openFromWork(title)
  await worker.act('verify', { yes: true, note: '现场核实，情况属实。' })

  body = await citizen.case(id)
  const operator = await deskOf(holderOf(body, 'operator'), 'operator')
  await operator.openFromWork(title)
  await operator.act('register')

  body = await citizen.case(id)
  const sender = holderOf(body, 'dispatcher')
  const { department, person } = handledBy(await (await apiOf(sender, 'dispatcher')).case(id))
  const dispatcher = await deskOf(sender, 'dispatcher')
  await dispatcher.openFromWork(title)
  await dispatcher.act('dispatch', { to: department })

  const handler = await deskOf(person, 'department_handler')
  await handler.openFromWork(title)
  await handler.act('accept')
  await handler.act('finish', { note: '已责令加装油烟净化器和专用烟道，复测达标。', photo: '整改后.png' })
  await expect(handler.section('case.timeline').getByRole('img')).toBeVisible()

  const verifier = await deskOf(personFor('verifier', body.region.code), 'verifier')
  await verifier.openFromWork(title)
  await expect(verifier.section('case.timeline').getByRole('img'), 'the photo after the work').toBeVisible()
  await verifier.act('check', { note: '现场复查，油烟已经净化。' })

  await operator.openFromWork(title)
  await operator.act('close')

  await expect(reporter.action('rate')).toBeVisible()
  await reporter.prepare('rate')
  await reporter.form().getByRole('spinbutton').fill('5')
  await reporter.submit()
  await reporter.done()

  const steps = (await citizen.timeline(id)).map((item) => item.action)
  expect(steps.filter((step) => step !== 'warn')).toEqual(
    ['report', 'verify', 'register', 'dispatch', 'accept', 'finish', 'check', 'close', 'rate'],
  )
  expect((await citizen.case(id)).state).toBe('closed')
})
