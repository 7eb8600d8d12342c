// Uploads pictures of noise to a demo until they come to so many bytes, as its residents; prints how many bytes are kept.
//   files.mjs ADDRESS ACCOUNTS BYTES
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { crc32, deflateSync } from 'node:zlib'

const [address, accounts, wanted] = process.argv.slice(2)
const SIDE = 3_800
const checksum = crc32 ?? (bytes => {
  let c = ~0
  for (const byte of bytes) {
    c ^= byte
    for (let k = 0; k < 8; k++) c = (c >>> 1) ^ (0xedb88320 & -(c & 1))
  }
  return ~c >>> 0
})

function chunk(kind, data) {
  const body = Buffer.concat([Buffer.from(kind, 'latin1'), data])
  const [head, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  head.writeUInt32BE(data.length)
  sum.writeUInt32BE(checksum(body))
  return Buffer.concat([head, body, sum])
}

/** A picture that nothing makes smaller, about 43 MB. */
function picture() {
  const size = Buffer.alloc(13)
  size.writeUInt32BE(SIDE, 0)
  size.writeUInt32BE(SIDE, 4)
  size.set([8, 2, 0, 0, 0], 8)
  const rows = randomBytes(SIDE * (3 * SIDE + 1))
  for (let row = 0; row < SIDE; row++) rows[row * (3 * SIDE + 1)] = 0
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', size), chunk('IDAT', deflateSync(rows, { level: 0 })), chunk('IEND', Buffer.alloc(0))])
}

while (!(await fetch(address + '/readyz').then(answer => answer.ok, () => false))) await new Promise(resolve => setTimeout(resolve, 100))
const citizens = JSON.parse(readFileSync(accounts)).filter(one => one.posts.some(post => post.role === 'citizen'))
const sessions = []
for (const { account, password } of citizens.slice(0, 4)) {
  const answer = await fetch(address + '/api/v1/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ account, password }) })
  if (!answer.ok) throw new Error(`${account}: ${answer.status} ${await answer.text()}`)
  const cookie = answer.headers.getSetCookie().map(one => one.split(';')[0]).join('; ')
  sessions.push({ cookie, 'x-csrf-token': (await answer.json()).csrfToken })
}
let kept = 0
await Promise.all(sessions.map(async headers => {
  while (kept < Number(wanted)) {
    const form = new FormData()
    form.append('file', new Blob([picture()]), 'noise.png')
    const answer = await fetch(address + '/api/v1/attachments', { method: 'POST', headers, body: form })
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
    kept += (await answer.json()).bytes
  }
}))
console.log(kept)
