/** Somebody was faster: the page says who did what, and keeps what was typed. */
import { fumes, holderOf, verified } from '../harness/mainJob.ts'
import { expect, home, test } from '../harness/test.ts'

test('a step on an old state is refused with what happened meanwhile', async ({ apiAs, apiOf, deskOf }) => {
  const citizen = await apiAs('citizen')
  const body = await verified(apiOf, await citizen.report(fumes, '两人同时办理', await citizen.place(home, 3)))
  const person = holderOf(body, 'operator')
  const desk = await deskOf(person, 'operator')

  // Without live updates the page cannot know that it is behind.
  await desk.page.route('**/api/v1/live*', (route) => route.abort())
  await desk.open(`/cases/${body.id}`)
  const typed = '情况不属实，不予立案'
  await desk.prepare('reject', { note: typed })
  await (await apiOf(person, 'operator')).act(body.id, 'register')
  await desk.submit()

  const conflict = desk.section('action.title').getByRole('alert').first()
  await expect(conflict).toBeVisible()
  await expect(conflict).toContainText(person.name)
  await expect(desk.form().getByRole('textbox').last()).toHaveValue(typed)
  expect((await citizen.case(body.id)).state).toBe('pending_dispatch')
})

test('a program that repeats an old version gets 409 with the present state', async ({ apiAs, apiOf }) => {
  const citizen = await apiAs('citizen')
  const body = await verified(apiOf, await citizen.report(fumes, '旧版本', await citizen.place(home, 4)))
  const operator = await apiOf(holderOf(body, 'operator'), 'operator')
  await operator.act(body.id, 'register')
  const answer = await operator.tryAct(body.id, 'register', body.version)
  expect(answer.status()).toBe(409)
  const problem = (await answer.json()) as { code: string; current: { state: string } }
  expect(['version_conflict', 'not_possible_now']).toContain(problem.code)
  expect(problem.current.state).toBe('pending_dispatch')
})
