// Puts the command line and its threads into few files: loading hundreds of small ones takes longer than all the rest of
// a start. What a run does not need stays in chunks of its own. The API is not bundled.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: [
    'dist/cli/main.js',
    'dist/run/observer-thread.js',
    'dist/run/crowd-thread.js',
    'dist/target/exit-watcher-thread.js',
    'dist/target/watchdog-process.js',
  ],
  // All in one directory: threads and the package's own files are found from there as from where they are built.
  outdir: 'dist/bundle',
  entryNames: '[name]',
  chunkNames: 'chunk-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // Optional, and installed beside us where they are wanted; and what is written for require and loaded late, of which the
  // names of its exports are not known to a bundle.
  external: ['@grpc/*', 'pg', 'ioredis', 'yaml'],
  legalComments: 'inline',
  metafile: true,
  // Packages written for require find it here.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});

// What is copied comes with its licence.
const packages = new Set(
  Object.keys(metafile.inputs).flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []),
);
const texts = await Promise.all(
  [...packages].sort().map(async (directory) => {
    const { name, version, license } = JSON.parse(await readFile(path.join(root, directory, 'package.json'), 'utf8'));
    const file = (await readdir(path.join(root, directory))).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? '' : await readFile(path.join(root, directory, file), 'utf8');
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  }),
);
await writeFile(path.join(root, 'dist/bundle/LICENSES.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`));
