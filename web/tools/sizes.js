// Compares what a first visit downloads, compressed, with the budgets. Charts are in the page; maps come when needed.
import { readFileSync, statSync } from 'node:fs';

const BUDGETS = {
  resident: { limit: 60_000, page: 12_000, files: ['styles/resident.css', 'styles/print.css', 'scripts/resident.js', 'icons.svg', 'mark.svg'] },
  form: { limit: 60_000, page: 20_000, files: ['styles/resident.css', 'styles/print.css', 'scripts/resident.js', 'scripts/forms.js', 'icons.svg', 'mark.svg'] },
  officer: { limit: 150_000, page: 20_000, files: ['styles/desk.css', 'styles/print.css', 'scripts/desk.js', 'icons.svg', 'mark.svg'] },
  // What the page of questions adds; the editor comes when somebody begins to write on a wide screen.
  query: { limit: 10_000, page: 0, files: ['styles/query.css', 'scripts/query.js', 'styles/map.css'] },
  editor: { limit: 130_000, page: 0, files: ['scripts/editor.js'] },
};
const manifest = JSON.parse(readFileSync('build/web/manifest.json', 'utf8'));

function loaded(key, seen = new Set()) {
  if (!seen.has(key)) {
    seen.add(key);
    for (const other of manifest[key].imports ?? []) loaded(other, seen);
  }
  return seen;
}

let over = false;
for (const [name, { limit, page, files }] of Object.entries(BUDGETS)) {
  const keys = new Set(files.flatMap((file) => [...loaded(`web/${file}`)]));
  const parts = [...keys].map((key) => [key, statSync(`build/web/${manifest[key].file}.gz`).size]);
  const total = page + parts.reduce((sum, [, size]) => sum + size, 0);
  over ||= total > limit;
  console.log(`${name}: ${total} of ${limit} bytes (${page} for the page itself)`);
  for (const [key, size] of parts) console.log(`  ${String(size).padStart(7)} ${key}`);
}
process.exitCode = over ? 1 : 0;
