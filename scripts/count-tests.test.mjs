import assert from 'node:assert/strict'
import { test } from 'node:test'

import { countTests } from './count-tests.mjs'

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
