/**
 * One platform for the whole run: loaded like a demo, served like the real thing, gone afterwards.
 * YIZHI_E2E_URL and YIZHI_E2E_DATA (its data folder) name one that runs already; the tests leave their cases in it.
 */
import { announce, announced } from './environment.ts'
import { startPlatform } from './platform.ts'

export default async function globalSetup(): Promise<() => Promise<void>> {
  if (announced()) return async () => {}
  const platform = await startPlatform()
  announce(platform)
  return platform.stop
}
