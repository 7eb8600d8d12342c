/** Every test starts with an empty browser; those of the build run without one. */
import { afterEach } from 'vitest'

afterEach(() => {
  globalThis.localStorage?.clear()
  globalThis.sessionStorage?.clear()
})
