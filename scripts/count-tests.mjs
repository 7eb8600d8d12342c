// Reads what a test runner left behind and says how many tests passed, failed and were skipped: `make test` adds these up.
import { readFileSync } from 'node:fs'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'

const readers = {
  cargo(text) {
    const sum = { passed: 0, failed: 0, skipped: 0 }
    for (const [, passed, failed, ignored] of text.matchAll(/^test result: .*? (\d+) passed; (\d+) failed; (\d+) ignored;/gm)) {
      sum.passed += Number(passed)
      sum.failed += Number(failed)
      sum.skipped += Number(ignored)
    }
    return sum
  },
  node(text) {
    const figure = (name) => Number(text.match(new RegExp(`^\\S+ ${name} (\\d+)$`, 'm'))?.[1] ?? 0)
    return { passed: figure('pass'), failed: figure('fail') + figure('cancelled'), skipped: figure('skipped') + figure('todo') }
  },
  vitest(text) {
    const report = JSON.parse(text)
    return { passed: report.numPassedTests, failed: report.numFailedTests, skipped: report.numPendingTests + report.numTodoTests }
  },
  playwright(text) {
    const { expected, unexpected, flaky, skipped } = JSON.parse(text).stats
    return { passed: expected, failed: unexpected + flaky, skipped }
  },
}

export function countTests(runner, text) {
  return text.trim() === '' ? { passed: 0, failed: 0, skipped: 0 } : readers[runner](text)
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const { passed, failed, skipped } = countTests(argv[2], readFileSync(argv[3], 'utf8'))
  console.log(passed, failed, skipped)
}
