/** Vite: how the console is built, and served while it is worked on. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const SERVICE = process.env['TUTELA_URL'] ?? 'http://127.0.0.1:8787'
const from = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** What is smaller goes in one packet as it is. */
const PACKED_BYTES_MIN = 1400

/** Writes each file of programs and styles also as it goes over the wire: the service packs nothing itself. */
function packed(): Plugin {
  let folder = ''
  return {
    name: 'packed',
    apply: 'build',
    configResolved: ({ root, build }) => {
      folder = resolve(root, build.outDir, 'assets')
    },
    async closeBundle() {
      const names = (await readdir(folder)).filter((name) => /\.(?:js|css)$/.test(name))
      await Promise.all(names.map((name) => pack(join(folder, name))))
    },
  }
}

async function pack(path: string): Promise<void> {
  const bytes = await readFile(path)
  if (bytes.length < PACKED_BYTES_MIN) return
  const [zipped, brotli] = await Promise.all([promisify(gzip)(bytes), promisify(brotliCompress)(bytes)])
  await Promise.all([writeFile(`${path}.gz`, zipped), writeFile(`${path}.br`, brotli)])
}

export default defineConfig({
  root: from('.'),
  plugins: [react(), packed()],
  resolve: { alias: [{ find: /^#(terms|contract)\/(.*)$/, replacement: from('../src/$1/$2.ts') }] },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // What is inlined would need a policy that lets data in.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        // What every page stands on stays the same from one release to the next, and in the browser.
        codeSplitting: {
          groups: [
            { name: 'ground', test: /node_modules\/(?:react|react-dom|scheduler|@tanstack)\// },
            { name: 'drawing', test: /node_modules\/zrender\// },
          ],
        },
      },
    },
  },
  server: { proxy: { '/v1': SERVICE, '/report': SERVICE, '/setup': SERVICE, '/docs': SERVICE } },
})
