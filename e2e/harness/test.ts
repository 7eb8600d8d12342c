/**
 * The tests' own `test`: people of the demo at the desk, each in a browser context of their own, and the same people over the API.
 * A page that reports an error of its own fails the test that opened it.
 */
import { test as base, expect, type BrowserContext, type BrowserContextOptions } from '@playwright/test'

import { personFor, type DemoAccount } from './accounts.ts'
import { Api } from './api.ts'
import { Desk } from './desk.ts'
import { platformUrl } from './environment.ts'
import { places } from './platform.ts'

export { expect }

/** The county in which the tests' cases happen; the other one must not see them. */
export const home = `${places[0]}000000`
export const elsewhere = `${places[1]}000000`

interface People {
  /** A person at the desk, signed in without the form. */
  deskOf: (person: DemoAccount, role: string, options?: BrowserContextOptions) => Promise<Desk>
  /** Somebody with this role for this place, at the desk. */
  signInAs: (role: string, place?: string, options?: BrowserContextOptions) => Promise<Desk>
  /** A browser in which nobody is signed in. */
  stranger: (options?: BrowserContextOptions) => Promise<Desk>
  apiOf: (person: DemoAccount, role: string) => Promise<Api>
  apiAs: (role: string, place?: string) => Promise<Api>
}

export const test = base.extend<People, { sessions: Map<string, Promise<Api>> }>({
  sessions: [
    async ({}, use) => {
      const sessions = new Map<string, Promise<Api>>()
      await use(sessions)
      const opened = await Promise.allSettled(sessions.values())
      for (const one of opened) if (one.status === 'fulfilled') await one.value.context.dispose()
    },
    { scope: 'worker' },
  ],

  apiOf: async ({ sessions }, use) => {
    await use((person, role) => {
      const key = `${person.account} ${role}`
      const session = sessions.get(key) ?? Api.signIn(person, role)
      sessions.set(key, session)
      return session
    })
  },

  apiAs: async ({ apiOf }, use) => {
    await use((role, place = home) => apiOf(personFor(role, place), role))
  },

  stranger: async ({ browser }, use) => {
    const opened: { context: BrowserContext; desk: Desk }[] = []
    await use(async (options) => {
      const context = await browser.newContext({ baseURL: platformUrl(), ...options })
      const desk = new Desk(await context.newPage())
      opened.push({ context, desk })
      return desk
    })
    for (const { context, desk } of opened) {
      expect(desk.errors, 'errors on the page').toEqual([])
      await context.close()
    }
  },

  deskOf: async ({ stranger, apiOf }, use) => {
    await use(async (person, role, options) => {
      const api = await apiOf(person, role)
      return stranger({ ...options, storageState: await api.context.storageState() })
    })
  },

  signInAs: async ({ deskOf }, use) => {
    await use((role, place = home, options) => deskOf(personFor(role, place), role, options))
  },
})
