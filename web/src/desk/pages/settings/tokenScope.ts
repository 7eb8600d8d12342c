/** Which permissions a token may be given: those of the present post, by their names in the catalog. */
import type { Permissions } from '@/api/types'

const names: Partial<Record<keyof Permissions, string>> = {
  readCases: 'read_cases',
  report: 'report_case',
  attach: 'attach',
  readMap: 'read_map',
  readCounters: 'read_counters',
  proposeErasure: 'propose_erasure',
}

export function offered(may: Permissions): string[] {
  return (Object.keys(names) as (keyof Permissions)[]).filter((one) => may[one]).map((one) => names[one] ?? one)
}
