// Reads what a test runner left behind: how many tests passed, failed and were skipped, which `make test` adds up, and what failed and why, which it
// repeats at its end, where somebody who has only the last lines of a log finds it.
//   count-tests.mjs count RUNNER REPORT       count-tests.mjs failures RUNNER REPORT
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

const reasons = {
  cargo: (text) => [...text.matchAll(/^---- (\S+) stdout ----\n([\s\S]*?)(?=^---- |^failures:|^test result)/gm)].map(([, name, said]) => ({ name, said })),
  node: (text) => [...text.matchAll(/^✖ (.+?)(?: \([\d.]+ms\))?\n((?:[ \t].*\n?)*)/gm)].map(([, name, said]) => ({ name, said })),
  vitest(text) {
    const tests = JSON.parse(text).testResults.flatMap((file) => file.assertionResults)
    return tests.filter((one) => one.status === 'failed').map((one) => ({ name: one.fullName, said: one.failureMessages.join('\n') }))
  },
  playwright(text) {
    const specs = (suite) => [...(suite.specs ?? []), ...(suite.suites ?? []).flatMap(specs)]
    const failed = JSON.parse(text).suites.flatMap(specs).filter((spec) => !spec.ok)
    const said = (spec) => spec.tests.flatMap((one) => one.results).flatMap((one) => one.errors).map((one) => one.message)
    return failed.map((spec) => ({ name: `${spec.file}:${spec.line} ${spec.title}`, said: said(spec).join('\n') }))
  },
}

const lines = 8
const colours = new RegExp('\\u001b\\[[0-9;]*m', 'g')

/** What failed, with the first lines of what each said. */
export function failures(runner, text) {
  if (text.trim() === '') return ['nothing was reported: the runner stopped before its tests']
  // Some runners tell a failure twice.
  const told = new Map(reasons[runner](text).map(({ name, said }) => [name, said]))
  return [...told].map(([name, said]) => {
    const shown = said.replace(colours, '').split('\n').map((line) => line.trim()).filter((line) => line !== '').slice(0, lines)
    return [name, ...shown.map((line) => `  ${line.slice(0, 160)}`)].join('\n')
  })
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const text = readFileSync(argv[4], 'utf8')
  if (argv[2] === 'failures') {
    for (const failure of failures(argv[3], text)) console.log(failure)
  } else {
    const { passed, failed, skipped } = countTests(argv[3], text)
    console.log(passed, failed, skipped)
  }
}
