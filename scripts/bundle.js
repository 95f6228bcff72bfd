// Puts the command line and its threads into few files: loading hundreds of small ones takes longer than all the rest of
// a start. What every run needs until its target is started is one file; what a run does not need stays in chunks of its
// own. The API is not bundled.
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const output = path.join(root, 'dist/bundle');
const built = (names) => names.map((name) => path.join(root, 'dist', name));

/** Programs of their own, which are found by their names. */
const THREADS = [
  'run/observer-thread.js',
  'run/crowd-thread.js',
  'target/exit-watcher-thread.js',
  'target/watchdog-process.js',
];
/** What a run loads, one after the other, until its target is started. */
const RUN = ['cli/main.js', 'cli/commands/run.js', 'run/play.js', 'run/create-target.js', 'target/spawned.js'];

/** Which modules each of the files needs in any case, by the graph that the bundler has seen. */
const needed = { run: new Set(), threads: new Set() };
const graph = {
  name: 'graph',
  buildEnd() {
    const follow = (id, into) => {
      if (into.has(id)) return;
      into.add(id);
      for (const next of this.getModuleInfo(id)?.importedIds ?? []) follow(next, into);
    };
    for (const file of built(RUN)) follow(file, needed.run);
    for (const file of built(THREADS)) follow(file, needed.threads);
  },
};

/**
 * What the checks are called and ask for is known here and now: options need no more than that, and without this a run would
 * read every check before it starts anything.
 */
const catalogued = {
  name: 'catalogue',
  async load(id) {
    if (id !== path.join(root, 'dist/cli/catalogue.js')) return null;
    const real = await import(pathToFileURL(id).href);
    return Object.entries(real)
      .map(([name, give]) => `export function ${name}() { return ${JSON.stringify(give())}; }`)
      .join('\n');
  },
};

const bundle = await rolldown({
  cwd: root,
  input: Object.fromEntries(built(['cli/main.js', ...THREADS]).map((file) => [path.parse(file).name, file])),
  platform: 'node',
  // Optional, and installed beside us where they are wanted; and what is written for require and loaded late, of which the
  // names of its exports are not known to a bundle.
  external: [/^@grpc\//, 'pg', 'ioredis', 'yaml'],
  plugins: [catalogued, graph],
});
await rm(output, { recursive: true, force: true });
const { output: chunks } = await bundle.write({
  // All in one directory: threads and the package's own files are found from there as from where they are built.
  dir: output,
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'chunk-[hash].js',
  // Names stay, for whoever reads a stack.
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
  codeSplitting: {
    // What a thread needs too stays apart, so that a thread does not load the command line.
    groups: [{ name: 'run', test: (id) => needed.run.has(id) && !needed.threads.has(id) }],
  },
});
await bundle.close();

// What is copied comes with its licence.
const modules = chunks.flatMap((chunk) => chunk.moduleIds ?? []);
const packages = new Set(
  modules.flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path.relative(root, file))?.[0] ?? []),
);
const texts = await Promise.all(
  [...packages].sort().map(async (directory) => {
    const { name, version, license } = JSON.parse(await readFile(path.join(root, directory, 'package.json'), 'utf8'));
    const file = (await readdir(path.join(root, directory))).find((entry) => /^licen[cs]e/i.test(entry));
    const text = file === undefined ? '' : await readFile(path.join(root, directory, file), 'utf8');
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  }),
);
await writeFile(path.join(output, 'LICENSES.txt'), texts.join(`\n${'-'.repeat(80)}\n\n`));
