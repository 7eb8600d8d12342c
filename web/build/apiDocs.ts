/**
 * Puts the Swagger viewer into dist/api-docs/ so that the binary can serve it at /api/docs without a CDN and
 * without inline scripts, which the content policy forbids.
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Plugin } from 'vite'

const page = `<!doctype html>
<html lang="zh-CN">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>易治 API</title>
    <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="/api-docs/swagger-ui.css" />
  </head>
  <body>
    <div id="viewer"></div>
    <script src="/api-docs/swagger-ui-bundle.js"></script>
    <script src="/api-docs/start.js"></script>
  </body>
</html>
`

const start = `SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#viewer',
  deepLinking: true,
  tryItOutEnabled: false,
  validatorUrl: null,
})
`

const copied = ['swagger-ui.css', 'swagger-ui-bundle.js', 'LICENSE', 'NOTICE']

export function apiDocs(): Plugin {
  const home = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))
  return {
    name: 'yizhi-api-docs',
    apply: 'build',
    async generateBundle() {
      const emit = (name: string, source: string | Uint8Array) =>
        this.emitFile({ type: 'asset', fileName: `api-docs/${name}`, source })
      emit('index.html', page)
      emit('start.js', start)
      for (const name of copied) emit(name, await readFile(join(home, name)))
    },
  }
}
