import { defineConfig } from '@playwright/test'

import { desk } from './harness/browser.ts'

export default defineConfig({
  testDir: 'tests',
  globalSetup: './harness/globalSetup.ts',
  outputDir: 'test-results',
  timeout: 90_000,
  expect: { timeout: 10_000 },
  forbidOnly: true,
  retries: 0,
  workers: 2,
  reporter: 'list',
  use: desk,
})
