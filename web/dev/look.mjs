/**
 * Looks at every page as a person would: pictures at desk and phone width, the browser's own complaints, and axe.
 * Needs `npm run build`, a server (`npm run mock`), and Debian's chromium.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'

const base = process.env.LOOK_AT ?? 'http://127.0.0.1:8080'
const out = process.env.LOOK_OUT ?? '/tmp/look'
const only = process.argv.slice(2)
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const pages = {
  'sign-in': '/sign-in', work: '/work', cases: '/cases', case: '/cases/350302-20261122-0001', report: '/report', map: '/map',
  'map-town': '/map?region=350302001000', 'map-table': '/map?view=table', overview: '/overview', people: '/people', jobs: '/jobs',
  settings: '/settings', ledger: '/ledger', looks: '/looks', erasures: '/erasures', verify: '/verify', missing: '/nowhere',
}
const accounts = { people: 'admin', jobs: 'admin', case: 'operator1', looks: 'audit1', erasures: 'safe1', ledger: 'audit1' }
const widths = { desk: { width: 1280, height: 900 }, phone: { width: 375, height: 800 } }

mkdirSync(out, { recursive: true })
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--use-gl=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'] })
let serious = 0
for (const [size, viewport] of Object.entries(widths)) {
  const context = await browser.newContext({ viewport, locale: 'zh-CN', reducedMotion: 'reduce' })
  const page = await context.newPage()
  page.on('console', (message) => ['error', 'warning'].includes(message.type()) && console.log(`  [${message.type()}] ${message.text().slice(0, 300)}`))
  page.on('pageerror', (error) => console.log(`  [thrown] ${error.message.slice(0, 300)}`))
  for (const [name, path] of Object.entries(pages)) {
    if (only.length > 0 && !only.includes(name)) continue
    console.log(`${size} ${name}`)
    const account = accounts[name] ?? 'dispatcher1'
    await page.request.post(`${base}/api/v1/session`, { data: { account, password: 'demo', totp: '1' } })
    await page.goto(base + path)
    await page.waitForTimeout(name.startsWith('map') || name === 'case' || name === 'report' ? 3500 : 900)
    await page.screenshot({ path: `${out}/${name}-${size}.png`, fullPage: !name.startsWith('map') || size === 'phone' })
    const wide = await page.evaluate(() => globalThis.document.documentElement.scrollWidth - globalThis.innerWidth)
    if (wide > 0) console.log(`  wider than the screen by ${wide}px`)
    await page.evaluate(axe)
    const { violations } = await page.evaluate(() => globalThis.axe.run(globalThis.document, { resultTypes: ['violations'] }))
    for (const one of violations) {
      if (['serious', 'critical'].includes(one.impact)) serious += 1
      console.log(`  axe ${one.impact} ${one.id}: ${one.nodes.slice(0, 3).map((node) => `${node.target.join(' ')} ${node.html.slice(0, 110)}`).join(' | ')}`)
    }
  }
  await context.close()
}
await browser.close()
console.log(`serious: ${serious}`)
process.exitCode = serious > 0 ? 1 : 0
