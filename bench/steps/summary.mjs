// Medians and ranges of the rounds of bench/steps, and the ratios that its bars are about, as a Markdown table.
import { of, rounds, shown } from '../rounds.mjs'

const names = [...new Set(rounds.map(r => r.name))]
const ratio = (name, other) => {
  const pairs = of(name).map((result, i) => result.steps_per_second / of(other)[i].steps_per_second)
  console.log(`${name} / ${other}, round by round: ${shown(pairs, 2)}`)
}

console.log('\n| | steps/s | p50, ms | p99, ms | longest, ms | errors |\n|---|---|---|---|---|---|')
for (const name of names) {
  const results = of(name)
  const column = (key, digits) => (key in results[0] ? shown(results.map(r => r[key]), digits) : '')
  const errors = results.reduce((sum, r) => sum + r.errors, 0)
  console.log(`| ${name} | ${column('steps_per_second', 0)} | ${column('p50', 1)} | ${column('p99', 1)} | ${column('max', 0)} | ${errors} |`)
}
console.log(`\nload before the rounds: ${shown(rounds.map(r => r.load), 1)}`)
if (names.includes('sqlite') && names.includes('million')) ratio('million', 'sqlite')
if (names.includes('postgres')) ratio('postgres', 'pgbench')
if (names.includes('before')) {
  ratio('sqlite', 'before')
  const aStep = (title, key, unit) => {
    const each = name => rounds.filter(r => r.name === name).map(r => (unit * r[key]) / (r.result.steps_per_second * r.seconds))
    const [now, then] = [each('sqlite'), each('before')]
    console.log(`${title} a step: ${shown(now, 0)}, before ${shown(then, 0)}; round by round: ${shown(now.map((b, i) => b / then[i]), 2)}`)
  }
  aStep('bytes written', 'wrote', 1)
  aStep('µs of the processor', 'worked', 10_000)
}
const first = rounds.find(r => r.result.first_error)
if (first) console.log(`first error: ${first.name}, round ${first.round}: ${first.result.first_error}`)
process.exit(rounds.some(r => r.result.errors > 0) ? 1 : 0)
