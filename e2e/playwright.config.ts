import { defineConfig } from '@playwright/test'

import { desk } from './harness/browser.ts'

export default defineConfig({
  testDir: 'tests',
  globalSetup: './harness/globalSetup.ts',
  outputDir: 'test-results',
  // Bounds for what never comes, not measures of speed: a machine that does three things at once must not fail a test.
  timeout: 240_000,
  expect: { timeout: 60_000 },
  forbidOnly: true,
  retries: 0,
  workers: 2,
  reporter: 'list',
  use: desk,
})
