/**
 * How the browser is started: the system's Chromium, without a network of its own, drawing WebGL in software so that
 * maps appear on machines without a graphics card.
 */
import type { PlaywrightTestOptions, PlaywrightWorkerOptions } from '@playwright/test'

const root = process.getuid?.() === 0

export const desk: Partial<PlaywrightTestOptions & PlaywrightWorkerOptions> = {
  browserName: 'chromium',
  viewport: { width: 1280, height: 800 },
  locale: 'zh-CN',
  actionTimeout: 15_000,
  timezoneId: 'Asia/Shanghai',
  screenshot: 'only-on-failure',
  trace: 'retain-on-failure',
  launchOptions: {
    executablePath: process.env['CHROMIUM'] || '/usr/bin/chromium',
    args: [
      ...(root ? ['--no-sandbox'] : []),
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--use-gl=angle',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
    ],
  },
}

export const phone = { width: 375, height: 812 }
