import assert from 'node:assert/strict'
import { test } from 'node:test'

import { countTests, failures } from './count-tests.mjs'

test('cargo: every binary and the doc tests are added up', () => {
  const text = [
    'running 3 tests',
    'test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s',
    'test result: FAILED. 5 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 1.20s',
  ].join('\n')
  assert.deepEqual(countTests('cargo', text), { passed: 8, failed: 2, skipped: 1 })
})

test('cargo: output that only quotes a result is not counted', () => {
  const text = 'expected line: test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured'
  assert.deepEqual(countTests('cargo', text), { passed: 0, failed: 0, skipped: 0 })
})

test('node: the closing figures', () => {
  const text = 'ℹ tests 4\nℹ pass 2\nℹ fail 1\nℹ cancelled 0\nℹ skipped 1\nℹ todo 0\n'
  assert.deepEqual(countTests('node', text), { passed: 2, failed: 1, skipped: 1 })
})

test('vitest: pending and todo count as skipped', () => {
  const report = { numPassedTests: 7, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1 }
  assert.deepEqual(countTests('vitest', JSON.stringify(report)), { passed: 7, failed: 1, skipped: 3 })
})

test('playwright: a flaky test is a failure', () => {
  const report = { stats: { expected: 9, unexpected: 1, flaky: 1, skipped: 0 } }
  assert.deepEqual(countTests('playwright', JSON.stringify(report)), { passed: 9, failed: 2, skipped: 0 })
})

test('a runner that wrote nothing ran nothing', () => {
  assert.deepEqual(countTests('playwright', ''), { passed: 0, failed: 0, skipped: 0 })
})

test('what failed is named with its reason', () => {
  const cargo = [
    '---- slices::neighbours stdout ----',
    '',
    "thread 'slices::neighbours' panicked at tests/slices.rs:4:5:",
    'left: 1',
    '',
    '---- slices::empty stdout ----',
    'right: 2',
    '',
    'failures:',
    '    slices::neighbours',
    '',
  ].join('\n')
  assert.deepEqual(failures('cargo', cargo), [
    "slices::neighbours\n  thread 'slices::neighbours' panicked at tests/slices.rs:4:5:\n  left: 1",
    'slices::empty\n  right: 2',
  ])

  const browser = {
    suites: [
      {
        suites: [{ specs: [{ ok: false, file: 'live.spec.ts', line: 7, title: 'follows', tests: [{ results: [{ errors: [{ message: '\u001b[31mnot visible\u001b[39m' }] }] }] }] }],
        specs: [{ ok: true, file: 'other.spec.ts', line: 1, title: 'passes', tests: [] }],
      },
    ],
  }
  assert.deepEqual(failures('playwright', JSON.stringify(browser)), ['live.spec.ts:7 follows\n  not visible'])

  const units = { testResults: [{ assertionResults: [{ status: 'failed', fullName: 'adds up', failureMessages: ['1 is not 2'] }, { status: 'passed' }] }] }
  assert.deepEqual(failures('vitest', JSON.stringify(units)), ['adds up\n  1 is not 2'])
})

test('node: what failed is named with its reason', () => {
  const text = '✔ one (0.5ms)\n✖ two (1.2ms)\n  AssertionError: 1 is not 2\nℹ tests 2\n'
  assert.deepEqual(failures('node', text), ['two\n  AssertionError: 1 is not 2'])
})
