// Medians and ranges of the rounds of bench/ledger as a Markdown table, and the ratios that its bars are about.
import { of, rounds, shown } from '../rounds.mjs'

const row = (what, name, value, digits = 0) => of(name).length && console.log(`| ${what} | ${shown(of(name).map(value), digits)} |`)

console.log('\n| | median (lowest–highest) |\n|---|---|')
row('durable records/s', 'durable', r => r.per_second)
row('the same bytes in a bare table, rows/s', 'durable', r => r.bare_per_second)
row('records / rows', 'durable', r => r.per_second / r.bare_per_second, 2)
row('leaves integrated/s', 'integrate', r => r.per_second)
row('the same tree in memory on one core, leaves/s', 'integrate', r => r.in_memory_per_second)
row('integrated / in memory', 'integrate', r => r.per_second / r.in_memory_per_second, 2)
row('`yizhi ledger verify` of these records, s', 'verify', r => r.seconds, 1)
row('from commit to published checkpoint, ms, p50', 'lag', r => r.p50)
row('p99', 'lag', r => r.p99)
row('longest', 'lag', r => r.max)
row('steps/s meanwhile', 'lag', r => r.steps_per_second)
row('steps/s without the sequencer', 'off', r => r.steps_per_second)
row('steps/s with it', 'on', r => r.steps_per_second)
row('a proof, ms, p50', 'proofs', r => r.p50, 2)
row('p99', 'proofs', r => r.p99, 2)
row('longest', 'proofs', r => r.max, 2)
if (of('kept').length) {
  const mb = of('kept')[0].bytes / 1e6
  const rates = of('with').map((r, i) => mb / Math.max(r.seconds - of('without')[i].seconds, 1e-3))
  console.log(`| \`ledger verify --files\` of ${mb.toFixed(0)} MB, MB/s beyond what it takes without | ${shown(rates, 0)} |`)
}
const [off, on] = [of('off'), of('on')]
if (off.length) console.log(`\ncost of the ledger, round by round: ${shown(off.map((r, i) => 100 * (1 - on[i].steps_per_second / r.steps_per_second)), 1)} %`)
console.log(`load before the rounds: ${shown(rounds.map(r => r.load), 1)}`)
