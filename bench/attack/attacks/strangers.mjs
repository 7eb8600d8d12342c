// What somebody does who has no account.
import { randomBytes } from 'node:crypto'
import { message, sleep, socket } from '../wire.mjs'
import { address, flood, json, unique } from './kit.mjs'

const made = Array.from({ length: 4000 }, (_, n) => `M${n.toString(36).toUpperCase()}X`)
const signIn = (account, password, headers = {}) => ['POST', '/api/v1/session', { ...json, ...headers }, JSON.stringify({ account, password })]

/** Keeps `most` connections open on each of which `begin` was sent, and sends `more` every so often. A closed one is opened again. */
async function held(context, most, begin, more, every) {
  const { port, signal, tally } = context
  const open = new Set()
  while (!signal.aborted) {
    for (let i = 0; i < 100 && open.size < most; i++) {
      const one = socket(port, signal, () => {
        tally('opened')
        one.write(begin)
      })
      open.add(one)
      one.resume()
      one.on('close', () => open.delete(one))
    }
    await sleep(100, signal)
    if (Math.random() < 100 / every) for (const one of open) if (one.writable) one.write(more)
  }
}

export const strangers = {
  methods: {
    about: '4,000 made-up methods, again and again; 8 connections',
    run: context => flood(context, 8, (i, n) => [made[(i * 500 + n) % made.length], '/api/v1/cases']),
    metrics: true,
  },
  paths: {
    about: 'made-up addresses, each once; 8 connections',
    run: context => flood(context, 8, (_, n) => ['GET', n % 2 ? `/api/v1/${unique()}` : `/${unique()}/${'x'.repeat(1000)}`]),
    metrics: true,
  },
  names: {
    about: 'sign-in with account names of 0.9 MB, each another; 8 connections',
    run: context => flood(context, 8, () => signIn(unique() + 'n'.repeat(900_000), 'Wrong-2026-xy')),
  },
  names_many: {
    about: 'sign-in with short names of nobody, each another, each from another address; 16 connections',
    run: context => flood(context, 16, (i, n) => signIn(unique(), 'Wrong-2026-xy', { 'x-forwarded-for': address(i * 100_000 + n) })),
  },
  passwords: {
    about: 'wrong passwords for one account from one address; 32 connections',
    run: context => flood(context, 32, () => signIn(context.accounts.citizen, 'Wrong-2026-xy', { 'x-forwarded-for': '10.9.9.9' })),
  },
  passwords_wide: {
    about: 'wrong passwords for true accounts, each try from another address; 64 connections',
    run: context =>
      flood(context, 64, (i, n) => signIn(context.accounts.all[(i * 7 + n) % context.accounts.all.length], 'Wrong-2026-xy', { 'x-forwarded-for': address(i * 100_000 + n) })),
  },
  activations: {
    about: 'guessed activation codes, each from another address; 16 connections',
    run: context =>
      flood(context, 16, (i, n) => ['POST', '/api/v1/session/activation', { ...json, 'x-forwarded-for': address(i * 100_000 + n) }, JSON.stringify({ code: unique() + 'abcdefghijklmnop', password: 'Wrong-2026-xy' })]),
  },
  tokens: {
    about: 'requests with invented tokens and cookies; 16 connections',
    run: context =>
      flood(context, 16, (_, n) => ['GET', '/api/v1/cases', n % 2 ? { authorization: `Bearer ${randomBytes(32).toString('hex')}` } : { cookie: `yizhi_session=${randomBytes(32).toString('hex')}` }]),
  },
  heads_500: {
    about: '500 half-open heads, a byte now and then',
    run: context => held(context, 500, 'GET /api/v1/meta HTTP/1.1\r\nhost: x\r\n', 'a', 3000),
  },
  heads_2000: {
    about: '2,000 half-open heads, a byte now and then',
    run: context => held(context, 2000, 'GET /api/v1/meta HTTP/1.1\r\nhost: x\r\n', 'a', 3000),
  },
  idle: {
    about: '2,500 connections that ask nothing, more than are let in',
    run: context => held(context, 2500, '', '', 3000),
  },
  bodies: {
    about: '500 half-sent bodies that claim 1 MB, a byte now and then',
    run: context => held(context, 500, message('POST', '/api/v1/session', { ...json, 'content-length': 1_000_000 }).toString('latin1') + '{"account":"', 'a', 3000),
  },
  readers: {
    about: '300 readers that ask for the API description 20 times each and read nothing',
    run: async context => {
      const request = message('GET', '/api/openapi.json').toString('latin1').repeat(20)
      for (let i = 0; i < 300; i++) {
        const one = socket(context.port, context.signal, () => (context.tally('opened'), one.write(request)))
        one.pause()
        if (i % 50 === 49) await sleep(50, context.signal)
      }
      await sleep(1e9, context.signal)
    },
  },
  descriptions: {
    about: 'the API description, compressed in each way; 8 connections',
    run: context => flood(context, 8, (_, n) => ['GET', '/api/openapi.json', { 'accept-encoding': ['br', 'zstd', 'gzip', 'deflate'][n % 4] }]),
  },
  garbage: {
    about: 'random bytes and TLS greetings, a connection each; 16 at once',
    run: async context => {
      const hello = Buffer.from('16030100c8010000c40303', 'hex')
      const one = async () => {
        while (!context.signal.aborted) {
          const bytes = Buffer.concat([Math.random() < 0.5 ? hello : randomBytes(8), randomBytes(4000)])
          await new Promise(resolve => {
            const wire = socket(context.port, context.signal, () => wire.end(bytes))
            wire.resume()
            wire.on('close', resolve)
          })
          context.tally('sent')
        }
      }
      await Promise.all(Array.from({ length: 16 }, one))
    },
  },
  pipelines: {
    about: '1,000 requests at once down one connection; 8 connections',
    run: async context => {
      const request = message('GET', '/api/v1/meta')
      const all = Buffer.concat(Array(1000).fill(request))
      await flood(context, 8, async (_, __, wire) => {
        context.tally((await wire.raw(all)).status)
        for (let n = 1; n < 1000; n++) await wire.raw(Buffer.alloc(0))
        return null
      })
    },
  },
  connections: {
    about: 'a new connection for each request; 32 at once',
    run: context => flood(context, 32, () => ['GET', '/api/v1/meta', { connection: 'close' }]),
  },
  ledger: {
    about: 'the public log: checkpoint and tiles; 16 connections',
    run: context => flood(context, 16, (_, n) => ['GET', n % 2 ? '/ledger/checkpoint' : '/ledger/tile/0/000']),
  },
}
