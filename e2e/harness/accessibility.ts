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

/** Nothing is wider than the screen, and nothing inside must be scrolled sideways to be read; maps may be moved. */
export async function expectNoSidewaysScrolling(desk: Desk, what = ''): Promise<void> {
  expect.soft(await desk.page.evaluate(sideways), `${desk.page.url()} ${what}`).toEqual([])
}

/** In the page: what is too wide. */
function sideways(): string[] {
  const wide = document.documentElement.clientWidth
  const found = document.documentElement.scrollWidth > wide ? [`page: ${document.documentElement.scrollWidth}`] : []
  const clips = (one: Element) => getComputedStyle(one).overflowX !== 'visible'
  const named = (one: Element) => `${one.tagName.toLowerCase()}.${String(one.getAttribute('class') ?? '')} “${(one.textContent ?? '').trim().slice(0, 30)}”`
  for (const one of document.body.querySelectorAll('*')) {
    if (one.closest('.maplibregl-map, .visually-hidden, option, svg')) continue
    const scrolls = ['auto', 'scroll'].includes(getComputedStyle(one).overflowX) && one.scrollWidth > one.clientWidth + 1
    if (scrolls) found.push(`scrolls: ${named(one)}`)
    const { right, width } = one.getBoundingClientRect()
    let around = one.parentElement
    while (around && !clips(around)) around = around.parentElement
    if (width > 0 && right > wide + 1 && !around) found.push(`beyond by ${Math.round(right - wide)}: ${named(one)}`)
  }
  return found.slice(0, 8)
}
