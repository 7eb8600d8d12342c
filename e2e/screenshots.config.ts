import { defineConfig } from '@playwright/test'

import { desk } from './harness/browser.ts'

/** The pictures of the documentation: one browser after the other, at twice the pixels. */
export default defineConfig({
  testDir: 'screenshots',
  testMatch: '*.shot.ts',
  globalSetup: './harness/globalSetup.ts',
  outputDir: 'test-results/screenshots',
  timeout: 120_000,
  workers: 1,
  reporter: 'list',
  use: { ...desk, deviceScaleFactor: 2 },
})
