// Medians of the rounds of bench/attack as a Markdown table, and whether the bars hold.
import { median, rounds } from '../rounds.mjs'
import { attacks } from './attacks/index.mjs'

const RATIO_MOST = 2
const MEMORY_MOST = 400

// The quiet figure of the run: of all quiet phases, before and after each attack.
const phases = rounds.flatMap(one => (one === rounds.find(other => other.round === one.round) ? [one.before, one.after] : [one.after]))
const quiet = median(phases.map(phase => phase.p95))
console.log('\n| attack | p95 quiet, ms | p95 during, ms | ratio | longest, ms | failed | peak, MB | CPU: server, attacker | answers |\n|---|---|---|---|---|---|---|---|---|')
let broken = 0
for (const name of new Set(rounds.map(one => one.name))) {
  const own = rounds.filter(one => one.name === name)
  const [before, during, longest] = [own.flatMap(one => [one.before.p95, one.after.p95]), own.map(one => one.during.p95), own.map(one => one.during.max)].map(median)
  // Beside its own quiet phases, since other programs on the machine come and go.
  const ratio = median(own.map(one => one.during.p95 / ((one.before.p95 + one.after.p95) / 2)))
  const failed = own.reduce((sum, one) => sum + one.during.failed, 0)
  const peak = Math.max(...own.map(one => one.peak))
  const share = who => `${Math.round(100 * median(own.map(one => one.burnt[who] / one.elapsed)))} %`
  const answers = {}
  for (const one of own) for (const [what, n] of Object.entries(one.tally)) answers[what] = (answers[what] ?? 0) + n
  const told = Object.entries(answers).map(([what, n]) => `${what}: ${n.toLocaleString('en-US')}`).join(', ')
  const holds = ratio <= RATIO_MOST && peak <= MEMORY_MOST && failed === 0 && own.every(one => !one.fault)
  broken += holds ? 0 : 1
  console.log(`| ${holds ? '' : '✗ '}${name}: ${attacks[name].about} | ${before.toFixed(1)} | ${during.toFixed(1)} | ${ratio.toFixed(2)} | ${longest.toFixed(0)} | ${failed} | ${peak.toFixed(0)} | ${share('server')}, ${share('attacker')} | ${told} |`)
}
const sizes = rounds.filter(one => one.metrics).map(one => one.metrics)
if (sizes.length) console.log(`\n/metrics after made-up methods and addresses: ${Math.max(...sizes).toLocaleString('en-US')} bytes`)
console.log(`p95 of all quiet phases: ${quiet.toFixed(1)} ms; most memory: ${Math.max(...rounds.map(one => one.peak)).toFixed(0)} MB; load: ${median(rounds.map(one => one.load)).toFixed(1)}`)
console.log(broken === 0 ? 'every bar holds' : `${broken} attacks break a bar`)
process.exit(broken === 0 ? 0 : 1)
