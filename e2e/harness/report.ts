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

  await page.getByRole('combobox', { name: word('report.matter') }).focus()
  await page.keyboard.type(text.matter)
  await expect(page.getByRole('option').filter({ hasText: text.matter }).filter({ visible: true }).first()).toBeVisible()
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')

  await page.getByLabel(word('report.title')).fill(text.title)
  await page.getByLabel(word('report.description')).fill(text.description)

  await page.getByRole('combobox', { name: word('place.search') }).focus()
  await page.keyboard.type(text.grid)
  const places = page.getByRole('listbox', { name: word('place.results') })
  await expect(places.getByRole('option').filter({ hasText: text.grid }).first()).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByText(word('place.chosen'))).toBeVisible()
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
