import { fileURLToPath, URL } from 'node:url'
import vue from '@vitejs/plugin-vue'
import Components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import { defineConfig } from 'vitest/config'
import { apiDocs } from './build/apiDocs.ts'
import { verifyFile } from './build/verifyFile.ts'

const server = process.env['YIZHI_SERVER'] ?? 'http://127.0.0.1:8080'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  plugins: [
    vue(),
    Components({
      dirs: [],
      dts: 'src/components.d.ts',
      resolvers: [ElementPlusResolver({ importStyle: 'css', directives: false })],
    }),
    apiDocs(),
    verifyFile(),
  ],
  resolve: { alias: { '@': here('src') } },
  define: {
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
    __ONE_FILE__: false,
  },
  server: {
    proxy: { '/api': { target: server, changeOrigin: false } },
    // The tests read the ledger's vectors and names of the catalog.
    fs: { allow: ['.', '../crates/ledger', '../catalog'] },
  },
  build: {
    target: 'es2022',
    // Small files stay files: the content policy allows no data: URLs for scripts or fonts.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
    rolldownOptions: { input: [here('index.html'), here('verify/index.html')] },
  },
  test: {
    environment: 'happy-dom',
    include: ['tests/**/*.test.ts'],
    server: { deps: { inline: ['element-plus'] } },
    setupFiles: ['tests/setup.ts'],
  },
})
