/** Every test starts with an empty browser. */
import { afterEach } from 'vitest'

afterEach(() => localStorage.clear())
