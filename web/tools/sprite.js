// One SVG file with just the icons the pages name, each a <symbol> that `{% icon "name" %}` refers to.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

// How an icon is named: {% icon "name" %} and icon="name" in templates; icon="name", "icon": "name" or a
// default in Python; icon: name in definitions.
const NAMED = {
  html: [/\bicon "([a-z0-9-]+)"/g, /\bicon="([a-z0-9-]+)"/g],
  py: [/\bicon=["']([a-z0-9-]+)["']/g, /["']icon["']: ["']([a-z0-9-]+)["']/g, /\bicon: str = "([a-z0-9-]+)"/g],
  yaml: [/\bicon:\s*"?([a-z0-9-]+)"?\s*$/gm],
};

function* files(folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== 'tests' && entry.name !== '__pycache__') yield* files(path);
    else if (/\.(html|py|yaml)$/.test(entry.name)) yield path;
  }
}

/** Returns a map from icon name to the first file that names it. */
export function iconsNamed(root) {
  const named = new Map();
  for (const folder of ['src/balai', 'definitions']) {
    for (const path of files(join(root, folder))) {
      const text = readFileSync(path, 'utf8');
      for (const pattern of NAMED[path.split('.').pop()]) {
        for (const [, name] of text.matchAll(pattern)) if (!named.has(name)) named.set(name, path);
      }
    }
  }
  return named;
}

function symbol(root, name, path) {
  const file = join(root, 'node_modules/@tabler/icons/icons/outline', `${name}.svg`);
  if (!existsSync(file)) throw new Error(`${path}: there is no Tabler icon "${name}" (see tabler.io/icons)`);
  const shapes = readFileSync(file, 'utf8')
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/g, '')
    .match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1]
    .replace(/\s*\n\s*/g, '');
  return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
}

/** Vite plugin: emits icons.svg and the mark of the product. */
export function sprite(root) {
  return {
    name: 'balai-sprite',
    buildStart() {
      this.emitFile({
        type: 'asset',
        name: 'mark.svg',
        originalFileName: 'web/mark.svg',
        source: readFileSync(join(root, 'web/mark.svg')),
      });
      const symbols = [...iconsNamed(root)]
        .sort(([one], [other]) => one.localeCompare(other))
        .map(([name, path]) => symbol(root, name, path));
      this.emitFile({
        type: 'asset',
        name: 'icons.svg',
        originalFileName: 'web/icons.svg',
        source: `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`,
      });
    },
  };
}
