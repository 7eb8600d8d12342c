/** A person at the desk: the same few moves in every test, made with the keyboard where a person could. */
import { expect, type APIResponse, type Locator, type Page } from '@playwright/test'

import type { DemoAccount } from './accounts.ts'
import { ownConnection } from './api.ts'
import { word } from './words.ts'

/** A small grey picture. */
const picture = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAgAAAAGCAIAAABxZ0isAAAAEUlEQVR4nGNomLAAK2IYSAkAtu9RAUwyI0gAAAAASUVORK5CYII=', 'base64')

export interface Step {
  to?: string
  note?: string
  fields?: Record<string, string>
  /** The answer to the form's question of yes or no. */
  yes?: boolean
  /** A photo to show with the step, of this name. */
  photo?: string
}

export class Desk {
  readonly page: Page
  /** What went wrong inside the page, told by the page itself. */
  readonly errors: string[] = []

  constructor(page: Page) {
    this.page = page
    page.on('pageerror', (error) => this.errors.push(String(error)))
  }

  async open(path: string): Promise<void> {
    await this.page.goto(path)
    await this.settled()
  }

  /** What the server answers this person's browser, beside the page. */
  ask(path: string, headers: Record<string, string> = {}): Promise<APIResponse> {
    return this.page.request.get(path, { headers: { ...headers, ...ownConnection } })
  }

  /** The page stands: no loading note left, its heading there. */
  async settled(): Promise<void> {
    await expect(this.page.getByRole('heading', { level: 1 }).first()).toBeVisible()
    await expect(this.page.getByText(word('app.loading'), { exact: true })).toHaveCount(0)
  }

  async signIn(person: DemoAccount): Promise<void> {
    await this.page.goto('/sign-in')
    await this.page.getByLabel(word('signIn.account')).fill(person.account)
    await this.page.getByLabel(word('signIn.password')).fill(person.password)
    await this.page.keyboard.press('Enter')
    await expect(this.page).not.toHaveURL(/\/sign-in/)
    await this.settled()
  }

  /** Opens one case from my work by keyboard: to its link, then Enter. */
  async openFromWork(title: string): Promise<void> {
    await this.open('/tasks')
    const link = this.page.getByRole('link', { name: title })
    await link.first().focus()
    await this.page.keyboard.press('Enter')
    await expect(this.heading(title)).toBeVisible()
  }

  heading(text: string): Locator {
    return this.page.getByRole('heading', { level: 1, name: text })
  }

  /** The button that opens an action's form. */
  action(code: string): Locator {
    return this.page.locator(`[data-action="${code}"]`)
  }

  section(titleKey: string): Locator {
    return this.page.getByRole('region', { name: word(titleKey), exact: true })
  }

  /** Opens an action's form by keyboard and fills it; `submit` sends it. */
  async prepare(code: string, step: Step = {}): Promise<void> {
    await this.action(code).focus()
    await this.page.keyboard.press('Enter')
    const form = this.form()
    if (step.to !== undefined) await form.getByRole('combobox').first().selectOption(step.to)
    for (const [label, value] of Object.entries(step.fields ?? {})) await form.getByLabel(label).fill(value)
    if (step.yes !== undefined) await form.getByRole('radio', { name: word(step.yes ? 'app.yes' : 'app.no'), exact: true }).check()
    if (step.note !== undefined) await form.getByRole('textbox').last().fill(step.note)
    if (step.photo !== undefined) await this.attach(step.photo)
  }

  /** Adds a photo to the open form and waits until it has gone up. */
  private async attach(name: string): Promise<void> {
    const file = { name, mimeType: 'image/png', buffer: picture }
    await this.form().locator('input[type="file"]').setInputFiles(file)
    await expect(this.form().getByRole('img', { name })).toBeVisible()
    await expect(this.form().locator('progress')).toHaveCount(0)
  }

  form(): Locator {
    return this.section('action.title').getByRole('form')
  }

  async submit(): Promise<void> {
    const button = this.form().locator('button[type="submit"]')
    await button.focus()
    await this.page.keyboard.press('Enter')
  }

  /** One step of the case, by keyboard, until the page says it is done. */
  async act(code: string, step: Step = {}): Promise<void> {
    await this.prepare(code, step)
    await this.submit()
    await this.done()
  }

  /** The form has gone, and the page says what was done. */
  async done(): Promise<void> {
    await expect(this.form()).toHaveCount(0)
    await expect(this.section('action.title').getByRole('status')).toBeVisible()
  }
}
