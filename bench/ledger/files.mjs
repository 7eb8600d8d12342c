// Uploads pictures of noise to a demo until they come to so many bytes, as its residents; prints how many bytes are kept.
//   files.mjs ADDRESS ACCOUNTS BYTES
import { readFileSync } from 'node:fs'
import { noise } from '../png.mjs'

const [address, accounts, wanted] = process.argv.slice(2)
/** About 43 MB each. */
const SIDE = 3_800
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
    form.append('file', new Blob([noise(SIDE)]), 'noise.png')
    const answer = await fetch(address + '/api/v1/attachments', { method: 'POST', headers, body: form })
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`)
    kept += (await answer.json()).bytes
  }
}))
console.log(kept)
