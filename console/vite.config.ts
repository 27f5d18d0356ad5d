/** Vite: how the console is built, and served while it is worked on. */
import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const SERVICE = process.env['TUTELA_URL'] ?? 'http://127.0.0.1:8787'
const from = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: from('.'),
  plugins: [react()],
  resolve: { alias: [{ find: /^#(terms|contract)\/(.*)$/, replacement: from('../src/$1/$2.ts') }] },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // What is inlined would need a policy that lets data in.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
  },
  server: { proxy: { '/v1': SERVICE, '/report': SERVICE, '/setup': SERVICE, '/docs': SERVICE } },
})
