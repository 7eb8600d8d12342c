// What somebody uploads who is signed in: much, slowly, or what grows when it is unpacked.
import { randomBytes } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import { chunk, noise, png } from '../../png.mjs'
import { message, sleep, socket } from '../wire.mjs'
import { as, flood, unique } from './kit.mjs'

const MB = 1024 * 1024
const bombs = () => {
  const zeros = deflateSync(Buffer.alloc(100 * MB), { level: 9 })
  const row = deflateSync(Buffer.alloc(64), { level: 9 })
  const jpeg = (width, height) => Buffer.concat([
    Buffer.from('ffd8ffc2001108', 'hex'), Buffer.from([height >> 8, height & 255, width >> 8, width & 255]), Buffer.from('03012200021100031100', 'hex'),
    Buffer.from('ffda000c03010002000300003f00', 'hex'), randomBytes(100_000), Buffer.from('ffd9', 'hex'),
  ])
  const vp8l = Buffer.concat([Buffer.from([0x2f, 0xff, 0xff, 0xff, 0x0f]), Buffer.alloc(60_000)])
  const webp = Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(4), Buffer.from('WEBPVP8L'), Buffer.alloc(4), vp8l])
  webp.writeUInt32LE(webp.length - 8, 4)
  webp.writeUInt32LE(vp8l.length, 16)
  const box = (kind, body) => {
    const head = Buffer.alloc(8)
    head.writeUInt32BE(body.length + 8)
    head.write(kind, 4, 'latin1')
    return Buffer.concat([head, body])
  }
  const many = Buffer.alloc(8)
  many.writeUInt32BE(0xffffffff, 4)
  const clip = Buffer.concat([box('ftyp', Buffer.from('isom\0\0\0\0isom')), box('moov', box('trak', box('mdia', box('minf', box('stbl', Buffer.concat([box('stts', many), box('stsz', Buffer.concat([many, Buffer.alloc(4, 255)])), box('stco', many)]))))))])
  return [
    png(60_000, 60_000, [], row),
    png(7_000, 7_000, [], deflateSync(Buffer.alloc(7_000 * 21_001), { level: 9 })),
    png(10, 10, [chunk('iCCP', Buffer.concat([Buffer.from('p\0\0'), zeros]))], row),
    png(10, 10, [chunk('zTXt', Buffer.concat([Buffer.from('c\0\0'), zeros])), chunk('iTXt', Buffer.concat([Buffer.from('c\0\x01\0\0\0'), zeros]))], row),
    png(10, 10, [], zeros),
    jpeg(65_500, 65_500),
    jpeg(7_000, 7_000),
    webp,
    clip,
  ]
}

function upload(who, file, claimed = file.length) {
  const edge = 'yizhi' + unique()
  const head = Buffer.from(`--${edge}\r\ncontent-disposition: form-data; name="file"; filename="a.jpg"\r\ncontent-type: image/jpeg\r\n\r\n`)
  const tail = Buffer.from(`\r\n--${edge}--\r\n`)
  const length = head.length + claimed + tail.length
  const start = message('POST', '/api/v1/attachments', { ...as(who), 'content-type': `multipart/form-data; boundary=${edge}`, 'content-length': length })
  return { start: Buffer.concat([start, head]), file, tail }
}

export const files = {
  uploads: {
    about: '30 uploads of a sound picture of 48 MB at once by one resident, again when they are answered',
    run: context => {
      const bytes = noise(4_000)
      return flood(context, 30, async (_, __, wire) => {
        const { start, file, tail } = upload(context.citizen, bytes)
        await wire.open()
        wire.socket.write(start)
        wire.socket.write(file)
        context.tally((await wire.raw(tail)).status)
        return null
      })
    },
  },
  uploads_slow: {
    about: '200 uploads that claim 48 MB and bring 200 bytes now and then',
    run: async context => {
      const open = new Set()
      while (!context.signal.aborted) {
        for (let i = 0; i < 20 && open.size < 200; i++) {
          const one = socket(context.port, context.signal, () => (context.tally('opened'), one.write(upload(context.citizen, Buffer.alloc(0), 48 * MB).start)))
          open.add(one)
          one.resume()
          one.on('close', () => open.delete(one))
        }
        await sleep(200, context.signal)
        for (const one of open) if (one.writable) one.write(randomBytes(200))
      }
    },
  },
  bombs: {
    about: 'pictures of 3,600 million and 49 million pixels, profiles and texts of 100 MB, clips of 4,000 million samples; 12 connections',
    run: context => {
      const all = bombs()
      return flood(context, 12, async (i, n, wire) => {
        const { start, file, tail } = upload(context.citizen, all[(i + n) % all.length])
        context.tally((await wire.raw(Buffer.concat([start, file, tail]))).status)
        return null
      })
    },
  },
  large_pictures: {
    about: 'sound pictures of 32 million pixels, as many as a PNG may have, by one resident; 30 connections',
    run: context => {
      const plain = png(5_700, 5_700, [], deflateSync(Buffer.alloc(5_700 * 17_101), { level: 6 }))
      return flood(context, 30, async (_, __, wire) => {
        const { start, file, tail } = upload(context.citizen, plain)
        context.tally((await wire.raw(Buffer.concat([start, file, tail]))).status)
        return null
      })
    },
  },
}
