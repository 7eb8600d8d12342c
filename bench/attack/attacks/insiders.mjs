// What somebody does who is signed in: with one session unless it says otherwise, so that the server's own rate for a session counts.
import { randomBytes } from 'node:crypto'
import { message, sleep, socket } from '../wire.mjs'
import { as, flood, posting, unique } from './kit.mjs'

const pick = (list, n) => list[n % list.length]
const query = fields => '/api/v1/cases?' + new URLSearchParams(fields)

const report = (context, more = {}) => JSON.stringify({ matter: context.matter, title: `路面破损 ${unique()}`, description: '井盖松动，夜间有人绊倒。', location: { grid: context.grid }, ...more })

// Signs that grow when they are folded (U+FDFA becomes 18), stack, turn the direction, or lie beyond the basic plane.
const odd = ['ﷺ'.repeat(100), 'a' + '\u0301'.repeat(99), '\u202e'.repeat(50) + '路灯', '𰻞'.repeat(50), '가'.normalize('NFD').repeat(33), '％'.repeat(100), 'ⅷ㍿'.repeat(50), '\ufeff\u200b'.repeat(50) + '井']

async function streams(context, most, path) {
  const open = new Set()
  while (!context.signal.aborted) {
    for (let i = 0; i < 20 && open.size < most; i++) {
      const one = socket(context.port, context.signal, () => (context.tally('opened'), one.write(message('GET', path(), as(context.operator)))))
      open.add(one)
      one.resume()
      one.on('close', () => open.delete(one))
    }
    await sleep(100, context.signal)
  }
}

export const insiders = {
  words: {
    about: 'q of 8,000 words, and the longest q that is taken; 16 connections',
    run: context => {
      const many = Array.from({ length: 8000 }, (_, n) => String.fromCodePoint(0x4e00 + n)).join('+')
      const short = Array.from({ length: 8000 }, (_, n) => 'abcdefghij'[n % 10] + n % 10).join('+')
      const fits = Array.from({ length: 16 }, (_, n) => '路灯井盖垃圾河道噪声违建'.slice(n % 6, (n % 6) + 5)).join(' ')
      const paths = ['/api/v1/cases?q=' + encodeURI(many), '/api/v1/cases?q=' + short, query({ q: fits, total: 'true' }), query({ q: '的 一 在', total: 'true' })]
      return flood(context, 16, (_, n) => ['GET', pick(paths, n), as(context.operator)])
    },
  },
  odd_text: {
    about: 'q of odd Unicode, also in the address picker; 16 connections',
    run: context => flood(context, 16, (_, n) => ['GET', n % 3 ? query({ q: pick(odd, n) }) : '/api/v1/grids/search?' + new URLSearchParams({ q: pick(odd, n) }), as(context.operator)]),
  },
  filters: {
    about: 'every filter at its longest, with the total, and pages far down; 16 connections',
    run: context => {
      const fields = { state: Array.from({ length: 50 }, (_, n) => `state${n}`).join(), matter: context.matters.slice(0, 50).join(), total: 'true', sort: 'due', limit: '200' }
      let cursor = ''
      return flood(context, 16, async (i, n, wire) => {
        if (n % 2) return ['GET', query({ ...fields, ...(n % 4 === 1 ? { state: '' } : {}) }), as(context.operator)]
        const answer = await wire.request('GET', query({ limit: '200', total: 'true', cursor }), as(context.operator))
        context.tally(answer.status)
        if (answer.status === 200) cursor = JSON.parse(answer.body).next ?? ''
        return null
      })
    },
  },
  lists_20_sessions: {
    about: 'one person with 20 sessions, each loading the longest list; 40 connections',
    run: context => flood(context, 40, (i, n) => ['GET', query({ limit: '200', total: 'true', sort: n % 2 ? 'due' : 'recent' }), as(pick(context.sessions, i))]),
  },
  exports: {
    about: 'everything one sees as CSV; 16 at once',
    run: context => flood(context, 16, () => ['GET', '/api/v1/cases/export?purpose=' + context.purpose, as(context.operator)]),
  },
  exports_unread: {
    about: 'the same, 120 at once, and none read',
    run: async context => {
      for (let i = 0; i < 120; i++) {
        const one = socket(context.port, context.signal, () => (context.tally('opened'), one.write(message('GET', '/api/v1/cases/export?purpose=' + context.purpose, as(pick(context.sessions, i))))))
        one.pause()
      }
      await sleep(1e9, context.signal)
    },
  },
  answers_unread: {
    about: 'maps, grids of the county and lists of 200, 150 connections with 20 questions each, and none read',
    run: async context => {
      const paths = ['/api/v1/map/cases?bbox=100,20,130,40', `/api/v1/grids?region=${context.region}`, query({ limit: '200' })]
      for (let i = 0; i < 150; i++) {
        const asked = paths.map(path => message('GET', path, as(pick(context.sessions, i))).toString('latin1')).join('').repeat(7)
        const one = socket(context.port, context.signal, () => (context.tally('opened'), one.write(asked)))
        one.pause()
      }
      await sleep(1e9, context.signal)
    },
  },
  places: {
    about: 'locate, grids of the county, address picker and map, compressed; 16 connections',
    run: context => {
      const around = n => `lon=${(context.point.lon + ((n * 7919) % 1000) / 5000).toFixed(5)}&lat=${(context.point.lat + ((n * 104729) % 1000) / 5000).toFixed(5)}`
      const paths = [n => `/api/v1/grids/locate?${around(n)}`, () => `/api/v1/grids?region=${context.region}`, () => '/api/v1/grids/search?q=1', () => '/api/v1/map/cases?bbox=100,20,130,40', () => '/api/v1/regions?q=a', () => `/api/v1/regions/${context.region}/outline`]
      return flood(context, 16, (_, n) => ['GET', pick(paths, n)(n), { ...as(context.operator), 'accept-encoding': pick(['br', 'gzip', 'zstd', 'identity'], n) }])
    },
  },
  duplicates: {
    about: 'a draft of 1 MB, and the longest that is taken, against all cases around; 16 connections',
    run: context => {
      const draft = (title, description) => JSON.stringify({ matter: context.matter, title, description, location: context.point })
      const texts = [draft('路灯', '井盖'.repeat(160_000)), draft('路灯', '路面破损积水严重夜间危险'.repeat(400).slice(0, 4900)), draft('路灯不亮', '村口的路灯坏了')]
      return flood(context, 16, (_, n) => ['POST', '/api/v1/cases/duplicates', posting(context.operator), pick(texts, n)])
    },
  },
  json: {
    about: 'reports with 1 MB of data, 200 levels, 100,000 names, and numbers of 10,000 digits; 16 connections',
    run: context => {
      const bodies = [
        report(context, { data: { x: 'x'.repeat(1_000_000) } }),
        `{"data":${'{"a":'.repeat(200)}1${'}'.repeat(200)}}`,
        '['.repeat(500_000),
        JSON.stringify({ data: Object.fromEntries(Array.from({ length: 100_000 }, (_, n) => [n.toString(36), 0])) }),
        `{"location":{"lon":${'9'.repeat(10_000)}}}`,
        `{"title":"${'\\u0301'.repeat(150_000)}"}`,
      ]
      return flood(context, 16, (_, n) => ['POST', '/api/v1/cases', posting(context.citizen), pick(bodies, n)])
    },
  },
  keys: {
    about: 'reports that are refused, each with another Idempotency-Key; 16 connections',
    run: context => flood(context, 16, () => ['POST', '/api/v1/cases', { ...posting(context.citizen), 'idempotency-key': unique() }, report(context, { title: '' })]),
  },
  reports: {
    about: 'sound reports of one resident; 16 connections',
    run: context => flood(context, 16, () => ['POST', '/api/v1/cases', { ...posting(context.citizen), 'idempotency-key': unique() }, report(context)]),
  },
  streams: {
    about: '200 live streams of one session, which end each other, while a resident reports',
    run: context =>
      Promise.all([streams(context, 200, () => '/api/v1/live'), flood(context, 2, () => ['POST', '/api/v1/cases', posting(context.citizen), report(context)])]),
  },
  cursors: {
    about: '200 live streams of one session that go on from old numbers, again and again',
    run: context => streams(context, 200, () => '/api/v1/live?since=' + (Math.random() < 0.5 ? 1 : context.newest - 900)),
  },
  headers: {
    about: 'heads of 30 kB with 90 headers; 16 connections',
    run: context => {
      const many = Object.fromEntries(Array.from({ length: 90 }, (_, n) => [`x-${n}`, randomBytes(150).toString('hex')]))
      return flood(context, 16, () => ['GET', '/api/v1/me', { ...as(context.citizen), ...many }])
    },
  },
}
