/** One platform for the whole run: loaded like a demo, served like the real thing, gone afterwards. */
import { startPlatform } from './platform.ts'
import { announce } from './environment.ts'

export default async function globalSetup(): Promise<() => Promise<void>> {
  const platform = await startPlatform()
  announce(platform)
  return platform.stop
}
