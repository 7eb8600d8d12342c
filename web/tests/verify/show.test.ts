/** How values of others are shown: times as China reads them, nothing that steers the page. */
import { describe, expect, it } from 'vitest'
import { grouped, inChina, plain, readable } from '@/verify/show'

describe('shown values', () => {
  it.each([
    [0n, '1970-01-01 08:00:00'], [951_753_599n, '2000-02-28 23:59:59'], [1_709_136_000n, '2024-02-29 00:00:00'], [1_795_000_000n, '2026-11-18 19:06:40'],
    [253_402_271_999n, '9999-12-31 23:59:59'], [253_402_272_000n, '253402272000'], [2n ** 63n, '9223372036854775808'],
  ])('%s', (time, text) => expect(inChina(time)).toBe(text))

  it.each([
    ['"2026-11-20T09:30:00.000000Z"', '2026-11-20 17:30:00'], ['"2026-13-20T09:30:00Z"', '2026-13-20T09:30:00Z'], ['"已清理\\n后门"', '已清理\n后门'],
    ['null', '—'], ['12345678901234567890', '12345678901234567890'], ['{"zh":"\\u202e"}', '{"zh":"\\u202e"}'], ['"\\u202e门\\u0000"', '\\u{202e}门\\u{0}'],
  ])('%s', (value, text) => expect(readable(value)).toBe(text))

  it('spells out what steers', () => expect(plain('后\u009b2J\u202e门\u200f\ta')).toBe('后\\u{9b}2J\\u{202e}门\\u{200f}\\u{9}a'))

  it('groups digits', () => expect(grouped('0123456789')).toBe('0123 4567 89'))
})
