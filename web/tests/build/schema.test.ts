// @vitest-environment node
/** The client's types are those of docs/openapi.json: whoever changes the API runs `npm run api` and sees what no longer fits. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

it('schema.ts is made from docs/openapi.json', { timeout: 60_000 }, () => {
  const web = fileURLToPath(new URL('../..', import.meta.url))
  const { status, stderr } = spawnSync('npm', ['run', '--silent', 'api', '--', '--check'], { cwd: web, encoding: 'utf8' })
  expect(status, `run \`npm run api\` in web/\n${stderr}`).toBe(0)
})
