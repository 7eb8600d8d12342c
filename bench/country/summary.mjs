// Medians and ranges of the rounds of bench/country as Markdown tables.
import { of, rounds, shown } from '../rounds.mjs'

const names = ['county', 'country', 'country-postgres'].filter(name => of(name).length)
const row = (what, value, digits) =>
  console.log(`| ${[what, ...names.map(name => shown(of(name).map(value), digits))].join(' | ')} |`)
console.log(`\n| | ${names.join(' | ')} |\n|---|${'---|'.repeat(names.length)}`)
row('start to ready, s', r => r.ready / 1000, 2)
row('resident when ready, MB', r => r.resident, 0)
row('after the requests', r => r.after, 0)
row('at most', r => r.most, 0)
for (const asked of Object.keys(of(names[0])[0].latency)) row(`/regions: ${asked}, ms`, r => r.latency[asked], 1)

const alone = (what, name) => of(name).length && console.log(`| ${what} | ${shown(of(name).map(r => r.seconds), 2)} |`)
console.log('\n| | s |\n|---|---|')
alone('reading the same rows in Python', 'read')
alone('`yizhi region import`, SQLite', 'import')
alone('`yizhi region import`, PostgreSQL', 'import-postgres')
alone('`yizhi ledger verify`', 'verify')
const [country, read] = [of('country'), of('read')]
if (country.length) console.log(`\nstart / reading in Python, round by round: ${shown(country.map((r, i) => r.ready / 1000 / read[i].seconds), 2)}`)
console.log(`load before the rounds: ${shown(rounds.map(r => r.load), 1)}`)
