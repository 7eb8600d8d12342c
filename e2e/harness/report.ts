/** The report form by keyboard, without the map: matter by code, place by grid. */
import { expect } from '@playwright/test'

import type { Desk } from './desk.ts'
import { word } from './words.ts'

export interface ReportText {
  matter: string
  title: string
  description: string
  grid: string
}

export async function fillReport(desk: Desk, text: ReportText): Promise<void> {
  const { page } = desk
  await desk.open('/report')

  await pick(desk, word('report.matter'), text.matter)
  await expect(page.locator('.facts-box')).toBeVisible()
  await page.getByLabel(word('report.title')).fill(text.title)
  await page.getByLabel(word('report.description')).fill(text.description)
  await pick(desk, word('place.search'), text.grid)
  await expect(page.getByText(word('place.chosen'))).toBeVisible()
}

/** Types a code into a box that searches, waits for its answer and takes the first. Matters are offered without their codes: there the code finds one alone. */
async function pick({ page }: Desk, label: string, code: string): Promise<void> {
  const offered = page.getByRole('listbox', { name: label }).getByRole('option')
  await page.getByRole('combobox', { name: label }).focus()
  await page.keyboard.type(code)
  if (label === word('report.matter')) await expect(offered).toHaveCount(1)
  else await expect(offered.first()).toContainText(code)
  await page.keyboard.press('Enter')
}

/** Sends the report and follows the link to its case; the case's number. */
export async function sendReport(desk: Desk): Promise<string> {
  const { page } = desk
  await page.getByRole('button', { name: word('report.send') }).focus()
  await page.keyboard.press('Enter')
  await expect(desk.heading(word('report.done'))).toBeVisible()
  await page.getByRole('link', { name: word('report.openCase') }).focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/cases\/[^/]+$/)
  await desk.settled()
  return decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1) ?? '')
}
