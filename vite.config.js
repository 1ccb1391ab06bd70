// Builds the styles, scripts and icons of the pages into build/web, with hashed names and a manifest
// that `{% asset %}` reads. Nothing is fetched at run time from outside the installation.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import purgecss from '@fullhuman/postcss-purgecss';
import { defineConfig } from 'vite';
import { sprite } from './web/tools/sprite.js';

const root = dirname(fileURLToPath(import.meta.url));

// Classes are written in templates and, for charts and marks, in two places of Python.
const wordsOfPages = [
  'src/balai/**/templates/**/*.html',
  'src/balai/**/forms.py',
  'src/balai/**/pages.py',
  'src/balai/base/{charts,look}.py',
  'src/balai/base/templatetags/*.py',
  'web/scripts/*.js',
];

/** Writes the file beside each asset that WhiteNoise and nginx send to browsers that take gzip or brotli. */
function compressed() {
  return {
    name: 'balai-compressed',
    writeBundle(options, bundle) {
      for (const name of Object.keys(bundle).filter((file) => /\.(css|js|svg)$/.test(file))) {
        const path = join(options.dir, name);
        const bytes = readFileSync(path);
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
        writeFileSync(`${path}.br`, brotliCompressSync(bytes));
      }
    },
  };
}

export default defineConfig({
  base: './',
  publicDir: false,
  plugins: [sprite(root), compressed()],
  css: {
    postcss: {
      plugins: [
        purgecss({
          content: wordsOfPages,
          safelist: {
            standard: ['html', 'body', ':root'],
            // Classes that Python and templates put together from a key.
            deep: [/^(in|state|change|is|map|button|note|bar)-/],
            greedy: [/leaflet/],
            // Ours are used by the other sheets too; of Tabler's only what a sheet itself uses.
            variables: [/^--(?!tblr-)/],
          },
          keyframes: true,
          variables: true,
        }),
      ],
    },
  },
  build: {
    outDir: resolve(root, 'build/web'),
    emptyOutDir: true,
    manifest: 'manifest.json',
    assetsInlineLimit: 0,
    modulePreload: false,
    cssCodeSplit: true,
    rollupOptions: {
      checks: { pluginTimings: false },
      // Scripts of pages are imported by others too, by the address the page gives them.
      preserveEntrySignatures: 'exports-only',
      input: Object.fromEntries(
        ['resident.css', 'desk.css', 'map.css', 'print.css', 'query.css', 'resident.js', 'desk.js', 'map.js', 'forms.js', 'query.js', 'upload.js', 'editor.js', 'scores.js', 'copy.js'].map((entry) => [
          entry.replace('.', '-'),
          resolve(root, 'web', entry.endsWith('.css') ? 'styles' : 'scripts', entry),
        ]),
      ),
      output: {
        entryFileNames: 'assets/[name].[hash:12].js',
        chunkFileNames: 'assets/[name].[hash:12].js',
        assetFileNames: 'assets/[name].[hash:12][extname]',
        hashCharacters: 'hex',
      },
    },
  },
});
