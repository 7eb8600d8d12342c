/** What every page must pass: axe finds nothing serious, and nothing is wider than the screen. */
import AxeBuilder from '@axe-core/playwright'
import { expect } from '@playwright/test'

import type { Desk } from './desk.ts'

export async function expectNothingSerious(desk: Desk): Promise<void> {
  // Colours are measured once nothing moves any more.
  await desk.page.emulateMedia({ reducedMotion: 'reduce' })
  await expect.poll(() => desk.page.evaluate(() => document.getAnimations().filter((one) => one.playState === 'running').length)).toBe(0)
  const { violations } = await new AxeBuilder({ page: desk.page }).analyze()
  const serious = violations.filter((one) => one.impact === 'serious' || one.impact === 'critical')
  const told = serious.map((one) => `${one.id} (${one.impact}): ${one.help}\n  ${one.nodes.map((node) => node.html).join('\n  ')}`)
  expect.soft(told.join('\n'), desk.page.url()).toBe('')
}

export async function expectNoSidewaysScrolling(desk: Desk): Promise<void> {
  const beyond = await desk.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
  expect.soft(beyond, `${desk.page.url()} is wider than the screen`).toBeLessThanOrEqual(0)
}
