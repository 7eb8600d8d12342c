// Pictures in PNG as benches make them: of any pixels, also of none that a program would write.
import { randomBytes } from 'node:crypto'
import { crc32, deflateSync } from 'node:zlib'

const checksum = crc32 ?? (bytes => {
  let c = ~0
  for (const byte of bytes) {
    c ^= byte
    for (let k = 0; k < 8; k++) c = (c >>> 1) ^ (0xedb88320 & -(c & 1))
  }
  return ~c >>> 0
})

export function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data])
  const head = Buffer.alloc(4)
  head.writeUInt32BE(data.length)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(checksum(body))
  return Buffer.concat([head, body, sum])
}

/** Eight bits of red, green and blue; `pixels` are deflated rows, each begun by a byte for its filter. */
export function png(width, height, more, pixels) {
  const size = Buffer.alloc(13)
  size.writeUInt32BE(width, 0)
  size.writeUInt32BE(height, 4)
  size.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', size), ...more, chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))])
}

/** A square picture that nothing makes smaller. */
export function noise(side) {
  const rows = randomBytes(side * (3 * side + 1))
  for (let row = 0; row < side; row++) rows[row * (3 * side + 1)] = 0
  return png(side, side, [], deflateSync(rows, { level: 0 }))
}
