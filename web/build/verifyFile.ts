/**
 * Builds the page that checks receipts a second time, as dist/verify.html: one file to download, with everything in it and
 * a content policy of its own that lets it run nothing else and reach no network. Its SHA-256 is put beside it and into the
 * served page.
 */
import { createHash, type BinaryToTextEncoding } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { build, type Plugin } from 'vite'

const licences = 'licences.md'
const web = fileURLToPath(new URL('..', import.meta.url))

export const sha256 = (text: string, encoding: BinaryToTextEncoding = 'hex'): string => createHash('sha256').update(text).digest(encoding)

/** What would end the script element early is written otherwise, with the same meaning inside texts and patterns. */
const inScript = (code: string): string => code.replace(/<(?=\/script|!--)/gi, '\\x3c')

function page(script: string, style: string, notices: string): string {
  const policy = [
    "default-src 'none'", `script-src 'sha256-${sha256(script, 'base64')}'`, `style-src 'sha256-${sha256(style, 'base64')}'`,
    'img-src data:', "base-uri 'none'", "form-action 'none'",
  ]
  return `<!doctype html>
<!--
${notices.replaceAll('--', '- -').trim()}
-->
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy.join('; ')}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>核对存证回执 · 易治</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<div id="app"></div>
<noscript>本页需要启用 JavaScript。This page needs JavaScript.</noscript>
<script>${script}</script>
</body>
</html>
`
}

/** The text of the file. */
export async function verifyHtml(): Promise<string> {
  const built = await build({
    configFile: false,
    root: web,
    publicDir: false,
    logLevel: 'warn',
    define: { 'process.env.NODE_ENV': '"production"', __ONE_FILE__: 'true' },
    plugins: [vue({ features: { optionsAPI: false } })],
    build: {
      write: false,
      target: 'es2022',
      license: { fileName: licences },
      lib: { entry: join(web, 'src/verify/main.ts'), formats: ['iife'], name: 'verify' },
    },
  })
  const output = [built].flat().flatMap((one) => ('output' in one ? one.output : []))
  const names = output.map((file) => file.fileName)
  const text = (ending: string): string => {
    const file = output.find((one) => one.fileName.endsWith(ending))
    if (!file || output.length !== 3) throw new Error(`verify.html wants a script, a style and licences, not ${names}`)
    return file.type === 'chunk' ? file.code : String(file.source)
  }
  return page(inScript(text('.js')), text('.css').trim(), text(licences))
}

export function verifyFile(): Plugin {
  let made: Promise<string>
  return {
    name: 'yizhi-verify-file',
    apply: 'build',
    buildStart() {
      made = verifyHtml()
    },
    async transformIndexHtml(_html, { path }) {
      if (path !== '/verify/index.html') return []
      return [{ tag: 'meta', attrs: { name: 'verify-file-sha256', content: sha256(await made) }, injectTo: 'head' }]
    },
    async generateBundle() {
      const html = await made
      this.emitFile({ type: 'asset', fileName: 'verify.html', source: html })
      this.emitFile({ type: 'asset', fileName: 'verify.html.sha256', source: `${sha256(html)}  verify.html\n` })
    },
  }
}
