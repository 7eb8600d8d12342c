/** What the run's processes tell each other: the setup announces the platform, the workers read where it is. */
const addressKey = 'YIZHI_E2E_URL'
const dataKey = 'YIZHI_E2E_DATA'

export function announce(platform: { url: string; data: string }): void {
  process.env[addressKey] = platform.url
  process.env[dataKey] = platform.data
}

/** Somebody has named a platform that already runs, such as the one of `make demo`. */
export const announced = (): boolean => Boolean(process.env[addressKey] && process.env[dataKey])

export const platformUrl = (): string => read(addressKey)
export const platformData = (): string => read(dataKey)

function read(key: string): string {
  const value = process.env[key]
  if (!value) throw new Error(`${key} is not set: the global setup has not run`)
  return value
}
