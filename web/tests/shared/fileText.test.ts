import { describe, expect, it } from 'vitest'
import { fileText } from '@/shared/fileText'

const bytes = (...all: number[]) => new Blob([new Uint8Array(all)])

describe('the text of a file', () => {
  it.each([
    ['UTF-8', bytes(0xe7, 0xbd, 0x91, 0xe6, 0xa0, 0xbc), '网格'],
    ['UTF-8 with its mark', bytes(0xef, 0xbb, 0xbf, 0xe7, 0xbd, 0x91), '网'],
    ['GBK', bytes(0xcd, 0xf8, 0xb8, 0xf1), '网格'],
    ['GB 18030 beyond GBK', bytes(0x95, 0x32, 0x82, 0x36), '\u{20000}'],
    ['nothing', bytes(), ''],
  ])('reads %s', async (_, file, text) => {
    expect(await fileText(file)).toBe(text)
  })
})
