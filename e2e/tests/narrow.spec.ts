/** On a phone of 375 px nothing is scrolled sideways: every page, every kind of report, every action's form, in both languages. */
import { expectNoSidewaysScrolling } from '../harness/accessibility.ts'
import { accounts, covers, personFor, type DemoAccount } from '../harness/accounts.ts'
import type { Api, CaseBody } from '../harness/api.ts'
import { phone } from '../harness/browser.ts'
import type { Desk } from '../harness/desk.ts'
import { fumes } from '../harness/mainJob.ts'
import { expect, home, test } from '../harness/test.ts'

const languages = ['zh-CN', 'en'] as const

const pages: Record<string, string[]> = {
  operator: ['/tasks', '/cases', '/report', '/map', '/map?view=table', '/overview', '/ledger', '/erasures', '/erasures?state=done', '/notices', '/duties', '/confidential', '/timers', '/settings'],
  citizen: ['/tasks', '/cases', '/report', '/notices', '/settings'],
  leader: ['/tasks', '/confidential', '/notices'],
  administrator: ['/people', '/jobs', '/ledger'],
  auditor: ['/looks', '/ledger'],
  security_officer: ['/erasures', '/ledger'],
}

async function speak(desk: Desk, language: string): Promise<void> {
  await desk.page.addInitScript((chosen) => localStorage.setItem('yizhi.language', chosen), language)
}

/** Opens and waits until nothing is being read any more. */
async function open({ page }: Desk, path: string): Promise<void> {
  await page.goto(path)
  await expect(page.locator('h1').first()).toBeVisible()
  await expect(page.locator('.loading')).toHaveCount(0)
}

for (const language of languages) {
  for (const [role, paths] of Object.entries(pages)) {
    test(`pages of the ${role} in ${language}`, async ({ signInAs }) => {
      const desk = await signInAs(role, home, { viewport: phone })
      await speak(desk, language)
      for (const path of paths) {
        await open(desk, path)
        await expectNoSidewaysScrolling(desk)
        for (const toggle of await desk.page.locator('main button[aria-expanded="false"]').all()) {
          if (await toggle.isVisible()) await toggle.click()
        }
        await expectNoSidewaysScrolling(desk, 'opened')
      }
    })
  }

  test(`signed out in ${language}`, async ({ stranger }) => {
    const desk = await stranger({ viewport: phone })
    await speak(desk, language)
    for (const path of ['/sign-in', '/link?token=none', '/verify', '/nowhere']) {
      await open(desk, path)
      await expectNoSidewaysScrolling(desk)
    }
  })
}

interface Matter {
  code: string
  name: Both
  conditions: { name: Both; closing: Both }[]
}

type Both = { zh: string; en: string }
const longest = (texts: Both[]) => Math.max(0, ...texts.flatMap((text) => [text.zh.length * 2, text.en.length]))

/** A form has a choice of conditions or not; of each kind, the matters whose texts are the longest of the whole catalog. */
async function widest(api: Api): Promise<string[]> {
  const codes: string[] = []
  for (let next: string | null = ''; next !== null;) {
    const page: { items: { code: string }[]; next: string | null } = await api.get(`/matters?limit=200${next && `&cursor=${encodeURIComponent(next)}`}`)
    codes.push(...page.items.map((one) => one.code))
    next = page.next
  }
  const matters: Matter[] = []
  for (const code of codes) matters.push(await api.get<Matter>(`/matters/${code}`))
  const kinds = [matters.filter((one) => one.conditions.length > 1), matters.filter((one) => one.conditions.length <= 1)]
  const texts = [(one: Matter) => [one.name], (one: Matter) => one.conditions.map((each) => each.name), (one: Matter) => one.conditions.map((each) => each.closing)]
  const first = (kind: Matter[], of: (one: Matter) => Both[]) => kind.toSorted((a, b) => longest(of(b)) - longest(of(a)))[0]
  return [...new Set(kinds.flatMap((kind) => texts.map((of) => first(kind, of)?.code)).filter((code) => code !== undefined))]
}

test('reports of every kind of matter', async ({ apiAs, signInAs }) => {
  const matters = await widest(await apiAs('citizen'))
  expect(matters.length).toBeGreaterThan(3)
  const desk = await signInAs('citizen', home, { viewport: phone })
  for (const language of languages) {
    await speak(desk, language)
    await open(desk, '/report')
    for (const code of matters) {
      await desk.page.evaluate((matter) => {
        history.replaceState(history.state, '', `/report?matter=${matter}`)
        for (const store of [localStorage, sessionStorage]) {
          for (const key of Object.keys(store)) if (key.startsWith('yizhi.draft.')) store.removeItem(key)
        }
      }, code)
      await desk.page.reload()
      await expect(desk.page.locator('.facts-box')).toBeVisible()
      await expectNoSidewaysScrolling(desk, code)
    }
  }
})

test('a title without a space', async ({ apiAs, deskOf }) => {
  const citizen = await apiAs('citizen')
  const body = await citizen.report(fumes, 'Fumesfromthekitchens'.repeat(5), await citizen.place(home, 13))
  const desk = await deskOf(citizen.account, 'citizen', { viewport: phone })
  for (const path of [`/cases/${body.id}`, '/tasks']) {
    await open(desk, path)
    await expectNoSidewaysScrolling(desk, path)
  }
})

interface Acting {
  code: string
  note: string
  to: string
  fields: unknown
}

/** From the report to the rating; each step is taken by whoever may. */
const life = ['verify', 'register', 'dispatch', 'accept', 'finish', 'check', 'close'] as const

test('every action’s form, through the life of a case', async ({ apiAs, apiOf, deskOf }) => {
  const seen = new Set<string>()
  const shape = (one: Acting) => JSON.stringify([one.code, one.note, one.to, one.fields])
  const citizen = await apiAs('citizen')
  const roles = new Set(accounts().flatMap((one) => one.posts.map((post) => post.role)))
  let body = await citizen.report(fumes, '每一步的表单', await citizen.place(home, 12))
  const { department, person: handler } = await departmentOf(body)
  const people = [...roles].flatMap((role) => {
    if (role === 'department_handler') return [{ role, person: handler }]
    if (role === 'citizen') return [{ role, person: citizen.account }]
    try {
      return [{ role, person: personFor(role, body.region.code) }]
    } catch {
      return []
    }
  })

  async function look(): Promise<void> {
    for (const { role, person } of people) {
      const api = await apiOf(person, role)
      const answer = await api.raw(`/cases/${body.id}`)
      if (!answer.ok()) continue
      const fresh = ((await answer.json()) as { actions: Acting[] }).actions.filter((one) => !seen.has(shape(one)))
      if (fresh.length === 0) continue
      const desk = await deskOf(person, role, { viewport: phone })
      for (const language of languages) {
        await speak(desk, language)
        await open(desk, `/cases/${body.id}`)
        await expect(desk.page.locator('section[aria-labelledby="timeline-title"] li').first()).toBeVisible()
        await expectNoSidewaysScrolling(desk)
        for (const one of fresh) {
          await desk.action(one.code).click()
          const form = desk.page.locator('form.panel')
          await expect(form).toBeVisible()
          await expectNoSidewaysScrolling(desk, one.code)
          await form.locator('button').last().click()
        }
      }
      fresh.forEach((one) => seen.add(shape(one)))
    }
  }

  async function departmentOf(reported: CaseBody): Promise<{ department: string; person: DemoAccount }> {
    const found = accounts().flatMap((one) => one.posts.filter((post) => post.role === 'department_handler' && covers(post.region, reported.region.code)).map((post) => ({ person: one, department: post.department ?? '' })))
    if (!found[0]) throw new Error('no department handler in the demo')
    return found[0]
  }

  for (const step of life) {
    await look()
    const actors = await Promise.all(people.map(async ({ role, person }) => ({ api: await apiOf(person, role), may: await mayDo(await apiOf(person, role), body.id, step) })))
    const actor = actors.find(({ may }) => may)
    if (!actor) throw new Error(`nobody may ${step}`)
    body = await actor.api.act(body.id, step, {
      note: '办理情况说明', ...(step === 'dispatch' ? { to: { department } } : {}), ...(step === 'verify' ? { data: { found: true } } : {}),
    })
  }
  await look()
  const codes = [...seen].map((one) => (JSON.parse(one) as string[])[0])
  expect(codes).toEqual(expect.arrayContaining([...life, 'reject', 'merge', 'return', 'extend', 'suspend', 'rework', 'rate', 'comment']))
})

async function mayDo(api: Api, id: string, action: string): Promise<boolean> {
  const answer = await api.raw(`/cases/${id}`)
  return answer.ok() && ((await answer.json()) as { actions: Acting[] }).actions.some((one) => one.code === action)
}
